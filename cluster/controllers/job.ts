import { createObject } from '../kinds/create.js';
import { deleteObject } from '../store/deletion.js';
import { type KubeObject, type NewObject, conditionOf, isFinished, removeFinalizer } from '../store/object.js';
import { StatusError } from '../store/status-error.js';
import { keyOf, splitKey } from '../store/table.js';
import type { ControllerContext } from './context.js';
import { runController } from './controller.js';
import { type JobPlan, type JobStatus, isTracked, planJob, settle, trackingFinalizer } from './job-state.js';
import type { WorkQueue } from './queue.js';

const source = 'job-controller';

/** Makes, counts and removes the pods of Jobs, and brings the Jobs to their end. Runs until the signal fires. */
export function startJobController(context: ControllerContext): void {
  const { store } = context;
  const jobOf = (pod: KubeObject): KubeObject | undefined => {
    const owner = controllerOf(pod);
    const job = owner && store.get('jobs', pod.metadata.namespace, owner.name);
    return job?.metadata.uid === owner?.uid ? job : undefined;
  };
  const queue: WorkQueue = runController(context, {
    name: 'job controller',
    resources: ['jobs', 'pods'],
    keysOf: ({ type, resource, object }) => {
      const job = resource === 'pods' ? jobOf(object) : type === 'DELETED' ? undefined : object;
      return job === undefined ? [] : [keyOf(job.metadata)];
    },
    sync: (key) => sync(context, queue, key),
  });
  // A pod that was orphaned, or whose Job is gone, would be held for ever.
  const isOrphan = (pod: KubeObject): boolean => isTracked(pod) && jobOf(pod) === undefined;
  runController(context, {
    name: 'job controller, orphans',
    resources: ['pods'],
    keysOf: ({ object }) => (isOrphan(object) ? [keyOf(object.metadata)] : []),
    sync: (key) => {
      const pod = store.get('pods', ...splitKey(key));
      if (pod !== undefined && isOrphan(pod)) letGo(context, pod);
    },
  });
}

function sync(context: ControllerContext, queue: WorkQueue, key: string): void {
  const { store, dependents } = context;
  const job = store.get('jobs', ...splitKey(key));
  if (job === undefined) return;
  const { uid } = job.metadata;
  const owned = dependents.of(uid).filter((object) => object.kind === 'Pod' && controllerOf(object)?.uid === uid);
  if (isFinished(job)) {
    for (const pod of owned) letGo(context, pod);
    expire(context, queue, key, job);
    return;
  }
  const plan = planJob(job, owned, new Date());
  if (plan.againInMs !== undefined) queue.addAfter(key, plan.againInMs);
  const created = createPods(context, job, plan);
  const { status } = plan;
  if (created.length > 0) status.active = (status.active ?? 0) + created.length;
  writeStatus(context, job, status);
  act(context, job, plan);
  for (const event of plan.events) record(context, job, event);
  const final = structuredClone(status);
  const events = settle(final, new Date());
  writeStatus(context, job, final);
  for (const event of events) record(context, job, event);
  if (created.length < plan.create) throw new Error('not all pods could be made');
}

/** Creates what is missing; the rest is tried again later when one is refused. */
function createPods(context: ControllerContext, job: KubeObject, plan: JobPlan): KubeObject[] {
  const created: KubeObject[] = [];
  for (let index = 0; index < plan.create; index += 1) {
    try {
      const pod = createObject(context.store, 'pods', podOf(job));
      created.push(pod);
      const message = `Created pod: ${pod.metadata.name}`;
      record(context, job, { type: 'Normal', reason: 'SuccessfulCreate', message });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const message = `Error creating: ${error.message}`;
      record(context, job, { type: 'Warning', reason: 'FailedCreate', message });
      break;
    }
  }
  return created;
}

/** Lets pods go that are counted now, and deletes those that are not wanted any more. */
function act(context: ControllerContext, job: KubeObject, plan: JobPlan): void {
  for (const pod of plan.counted) letGo(context, pod);
  for (const pod of plan.remove) {
    if (!deleteObject(context.store, pod, { propagationPolicy: 'Background' })) continue;
    const message = `Deleted pod: ${pod.metadata.name}`;
    record(context, job, { type: 'Normal', reason: 'SuccessfulDelete', message });
  }
}

/** Takes the finalizer off a pod whose end was counted, or will never be. */
function letGo({ store }: ControllerContext, pod: KubeObject): void {
  if (isTracked(pod)) store.update(pod, (draft) => removeFinalizer(draft, trackingFinalizer));
}

function writeStatus({ store }: ControllerContext, job: KubeObject, status: JobStatus): void {
  store.update(job, (draft) => void (draft.status = status));
}

/** Deletes a finished Job with its pods when its time to live is over. */
function expire({ store }: ControllerContext, queue: WorkQueue, key: string, job: KubeObject): void {
  const { metadata, spec } = job;
  if (spec.ttlSecondsAfterFinished === undefined || metadata.deletionTimestamp !== undefined) return;
  const end = (conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed'))?.lastTransitionTime;
  const left = Date.parse(end ?? metadata.creationTimestamp) + spec.ttlSecondsAfterFinished * 1000 - Date.now();
  if (left > 0) queue.addAfter(key, left);
  else deleteObject(store, job, { propagationPolicy: 'Background' });
}

/** The pod that a Job's template describes. */
function podOf({ apiVersion, kind, metadata: { name, namespace, uid }, spec: { template } }: KubeObject): NewObject {
  const { labels, annotations } = template.metadata;
  const owner = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
  const own = { finalizers: [trackingFinalizer], ownerReferences: [owner] };
  const metadata = { generateName: `${name}-`, namespace, labels, annotations, ...own };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec } as NewObject;
}

function controllerOf({ metadata }: KubeObject): { name: string; uid: string } | undefined {
  return metadata.ownerReferences?.find(({ controller, kind }) => controller === true && kind === 'Job');
}

function record({ events }: ControllerContext, object: KubeObject, event: JobPlan['events'][number]): void {
  events.record({ object, ...event, source });
}
