import {
  type Condition,
  type KubeObject,
  conditionOf,
  hasCondition,
  isFinished,
  isOver,
  timed,
  timestamp,
} from '../store/object.js';

/** The finalizer that keeps a pod until its end is counted in the Job. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

/** What has to be done for a Job, found by looking at it and its pods. */
export interface JobPlan {
  /** The status to store before anything else is done. */
  status: JobStatus;
  /** Pods to be deleted, counted or not. */
  remove: KubeObject[];
  /** Pods whose end is counted by that status: they are let go, and then counted in numbers. */
  counted: KubeObject[];
  /** How many pods to make. */
  create: number;
  /** Events that become true with the status. */
  events: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
  /** When to look again even if nothing changes. */
  againInMs?: number;
}

/** The status of a Job. */
export interface JobStatus {
  active?: number;
  ready?: number;
  terminating?: number;
  succeeded?: number;
  failed?: number;
  startTime?: string;
  completionTime?: string;
  conditions?: Condition[];
  uncountedTerminatedPods?: { succeeded?: string[]; failed?: string[] };
}

const firstBackoffMs = 10_000;
const mostBackoffMs = 600_000;

/** What the Job controller of Kubernetes would do next; a pure function of what there is. */
export function planJob(job: KubeObject, pods: readonly KubeObject[], now: Date): JobPlan {
  const status = structuredClone((job.status ?? {}) as JobStatus);
  const plan: JobPlan = { status, remove: [], counted: [], create: 0, events: [] };
  const { spec } = job;
  const suspended = spec.suspend === true;
  const active = pods.filter(isActive);
  const terminating = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isOver(pod));
  if (job.metadata.deletionTimestamp !== undefined) {
    // Its pods are the garbage collector's; nothing that becomes of them counts any more.
    plan.counted.push(...pods);
    setCounts(status, active, terminating.length);
    return plan;
  }
  countEnded(plan, job, pods);
  const succeeded = total(status, 'succeeded');
  const failed = total(status, 'failed');
  if (status.startTime === undefined && !suspended) status.startTime = timestamp(now);
  decideEnd(plan, job, { active, succeeded, failed }, now);

  if (isEnding(status)) {
    plan.remove = active;
    if (hasCondition({ status }, 'FailureTarget')) for (const pod of active) count(plan, 'failed', pod);
    plan.counted.push(...active.filter((pod) => !plan.counted.includes(pod)));
  } else if (suspended) suspend(plan, active, now);
  else {
    if (hasCondition({ status }, 'Suspended')) resume(plan, now);
    scale(plan, job, pods, { active, terminating, succeeded, failed }, now);
  }
  const kept = active.filter((pod) => !plan.remove.includes(pod));
  setCounts(status, kept, terminating.length + plan.remove.length);
  return plan;
}

function setCounts(status: JobStatus, active: readonly KubeObject[], terminating: number): void {
  setCount(status, 'active', active.length);
  status.ready = active.filter((pod) => hasCondition(pod, 'Ready')).length;
  status.terminating = terminating;
}

/**
 * The status once the counted pods were let go: numbers instead of uids, and the final condition when no pod is left
 * running. Changes `status`; tells the events.
 */
export function settle(status: JobStatus, now: Date): JobPlan['events'] {
  setCount(status, 'succeeded', total(status, 'succeeded'));
  setCount(status, 'failed', total(status, 'failed'));
  status.uncountedTerminatedPods = {};
  if ((status.terminating ?? 0) > 0 || isFinished({ status })) return [];
  if (hasCondition({ status }, 'SuccessCriteriaMet')) {
    setCondition(status, { ...conditionOf({ status }, 'SuccessCriteriaMet'), type: 'Complete' }, now);
    status.completionTime = timestamp(now);
    return [{ type: 'Normal', reason: 'Completed', message: 'Job completed' }];
  }
  if (!hasCondition({ status }, 'FailureTarget')) return [];
  const { reason = '', message = '' } = conditionOf({ status }, 'FailureTarget') ?? {};
  setCondition(status, { type: 'Failed', reason, message }, now);
  return [{ type: 'Warning', reason, message }];
}

interface Counts {
  active: readonly KubeObject[];
  succeeded: number;
  failed: number;
}

function countEnded(plan: JobPlan, job: KubeObject, pods: readonly KubeObject[]): void {
  plan.status.uncountedTerminatedPods ??= {};
  for (const pod of pods) {
    if (!isTracked(pod)) continue;
    const { phase } = pod.status ?? {};
    if (phase === 'Succeeded') count(plan, 'succeeded', pod);
    else if (phase === 'Failed' || isLost(job, pod)) count(plan, 'failed', pod);
  }
}

/** A pod that is being deleted fails at once unless the Job waits for its end; one without a node has no end to wait for. */
function isLost({ spec }: KubeObject, { metadata, spec: pod }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  return spec.podReplacementPolicy !== 'Failed' || pod.nodeName === undefined;
}

function decideEnd(plan: JobPlan, { spec }: KubeObject, counts: Counts, now: Date): void {
  const { status } = plan;
  if (isEnding(status)) return;
  if (counts.failed > (spec.backoffLimit ?? 6) || restartsExceed(spec, counts.active)) {
    fail(status, 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', now);
    return;
  }
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && spec.suspend !== true && status.startTime !== undefined) {
    const left = Date.parse(status.startTime) + deadline * 1000 - now.getTime();
    if (left <= 0) return fail(status, 'DeadlineExceeded', 'Job was active longer than specified deadline', now);
    plan.againInMs = left;
  }
  const { completions } = spec;
  const done =
    completions === undefined || completions === null
      ? counts.succeeded > 0 && counts.active.length === 0
      : counts.succeeded >= completions;
  if (done) {
    const message = 'Reached expected number of succeeded pods';
    setCondition(status, { type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message }, now);
  }
}

function fail(status: JobStatus, reason: string, message: string, now: Date): void {
  setCondition(status, { type: 'FailureTarget', reason, message }, now);
}

/** With restartPolicy OnFailure, restarts inside of the pods count instead of failed pods. */
function restartsExceed({ template, backoffLimit }: KubeObject['spec'], active: readonly KubeObject[]): boolean {
  if (template.spec.restartPolicy !== 'OnFailure') return false;
  const statuses: { restartCount: number }[] = active.flatMap(({ status }) => status?.containerStatuses ?? []);
  const restarts = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  return restarts > 0 && restarts >= (backoffLimit ?? 6);
}

function suspend(plan: JobPlan, active: KubeObject[], now: Date): void {
  const { status } = plan;
  plan.remove = active;
  // Let go before they end, so that a suspended Job has not failed.
  plan.counted.push(...active);
  if (hasCondition({ status }, 'Suspended')) return;
  setCondition(status, { type: 'Suspended', reason: 'JobSuspended', message: 'Job suspended' }, now);
  delete status.startTime;
  plan.events.push({ type: 'Normal', reason: 'Suspended', message: 'Job suspended' });
}

function resume(plan: JobPlan, now: Date): void {
  const message = 'Job resumed';
  setCondition(plan.status, { type: 'Suspended', status: 'False', reason: 'JobResumed', message }, now);
  plan.status.startTime = timestamp(now);
  plan.events.push({ type: 'Normal', reason: 'Resumed', message });
}

function scale(
  plan: JobPlan,
  { spec }: KubeObject,
  pods: readonly KubeObject[],
  { active, terminating, succeeded, failed }: Counts & { terminating: readonly KubeObject[] },
  now: Date,
): void {
  const parallelism = spec.parallelism ?? 1;
  const completions = spec.completions ?? undefined;
  const open = completions === undefined ? parallelism : Math.max(0, completions - succeeded);
  const wanted = completions === undefined && succeeded > 0 ? active.length : Math.min(parallelism, open);
  if (active.length > wanted) {
    plan.remove = active.slice(wanted);
    plan.counted.push(...plan.remove);
    return;
  }
  const blocked = spec.podReplacementPolicy === 'Failed' ? terminating.length : 0;
  const missing = wanted - active.length - blocked;
  if (missing <= 0) return;
  const wait = backoffMs(pods, failed, now);
  if (wait > 0) plan.againInMs = Math.min(wait, plan.againInMs ?? wait);
  else plan.create = missing;
}

/** After the n-th failure a new pod has to wait 10 seconds times 2^(n-1) from the end of the last one. */
function backoffMs(pods: readonly KubeObject[], failed: number, now: Date): number {
  if (failed === 0) return 0;
  const ends = pods.filter(({ status }) => status?.phase === 'Failed').map(endOf);
  const last = Math.max(0, ...ends);
  const delay = Math.min(firstBackoffMs * 2 ** (failed - 1), mostBackoffMs);
  return Math.max(0, last + delay - now.getTime());
}

function endOf({ metadata, status }: KubeObject): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }: KubeObject['status']) =>
    Date.parse(state?.terminated?.finishedAt ?? metadata.creationTimestamp),
  );
  return Math.max(Date.parse(metadata.creationTimestamp), ...ends);
}

/** Counts the end of a pod by its uid, until it has been let go. */
function count(plan: JobPlan, list: 'succeeded' | 'failed', pod: KubeObject): void {
  const uids = ((plan.status.uncountedTerminatedPods ??= {})[list] ??= []);
  if (!uids.includes(pod.metadata.uid)) uids.push(pod.metadata.uid);
  plan.counted.push(pod);
}

/** Of all pods, those that are counted by their uids as well. */
function total(status: JobStatus, list: 'succeeded' | 'failed'): number {
  return (status[list] ?? 0) + (status.uncountedTerminatedPods?.[list]?.length ?? 0);
}

function setCount(status: JobStatus, field: 'active' | 'succeeded' | 'failed', count: number): void {
  if (count > 0) status[field] = count;
  else delete status[field];
}

/** Whether the pod is kept until its end is counted. */
export function isTracked({ metadata }: KubeObject): boolean {
  return metadata.finalizers?.includes(trackingFinalizer) === true;
}

function isActive(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp === undefined && !isOver(pod);
}

function isEnding(status: JobStatus): boolean {
  return hasCondition({ status }, 'SuccessCriteriaMet') || hasCondition({ status }, 'FailureTarget');
}

function setCondition(status: JobStatus, given: Omit<Condition, 'status'> & { status?: string }, now: Date): void {
  const condition = timed({ status }, { status: 'True', ...given, lastProbeTime: timestamp(now) }, now);
  const others = status.conditions ?? [];
  const index = others.findIndex(({ type }) => type === given.type);
  status.conditions = index === -1 ? [...others, condition] : others.with(index, condition);
}
