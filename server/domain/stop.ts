/** Stopping tasks. "Stopped" means accepted: the pods may still be ending. */

import type { Caller, Domain } from './context.js';
import { invalidArgument, TaskError } from './errors.js';
import { ownedView } from './get.js';
import { aggregate } from './status/aggregate.js';
import { isFinal, type Task, type TaskView } from './task.js';

type Uses = Pick<Domain, 'store' | 'launcher' | 'archive' | 'clock' | 'namespace'>;

const MAX_REASON = 1024;
const MIN_GRACE_MS = 1000;
/** How many tasks are being stopped at a time by one call. */
const CONCURRENCY = 16;
/** So many failures of one call are told each by itself, and so much of each. */
const TOLD_FAILURES = 20;
const TOLD_LENGTH = 150;

/** How a stop is to be done. */
export interface StopRequest {
  readonly reason: string;
  /** Most time that programs have to end; undefined for what their pods say. */
  readonly graceMs: number | undefined;
}

/** What a stop found. */
export type StopOutcome = 'stopped' | 'stopping' | 'finished';

/** Stops the user's task. Idempotent; a task that has finished keeps its result. Throws NOT_FOUND. */
export async function stopTask(
  domain: Uses,
  user: string,
  taskId: string,
  request: StopRequest,
  caller: Caller,
): Promise<StopOutcome> {
  checkRequest(request);
  return stopView(domain, user, await ownedView(domain, user, taskId, caller), request, caller);
}

/**
 * Stops all unfinished tasks of the user, or of everybody; returns how many. When some cannot be stopped the others are
 * nevertheless, unless the cluster cannot be reached, and the error tells each that was not, with its reason.
 */
export async function stopTasks(
  domain: Uses,
  user: string,
  allUsers: boolean,
  request: StopRequest,
  signal: AbortSignal,
): Promise<number> {
  checkRequest(request);
  const views = [...domain.store.list(allUsers ? undefined : user, undefined)];
  let stopped = 0;
  let begun = false;
  const failures: Failure[] = [];
  let untried: number | undefined;
  const queue = views.values();
  const worker = async (): Promise<void> => {
    for (const view of queue) {
      // Each of the others would wait as long for a cluster that cannot be reached.
      if (untried !== undefined) {
        if (!isFinal(aggregate(view, domain.namespace))) untried += 1;
        continue;
      }
      try {
        const outcome = await stopView(domain, user, view, request, { signal });
        if (outcome === 'stopped') stopped += 1;
        if (outcome !== 'finished') begun = true;
      } catch (error) {
        failures.push({ id: view.record.id, error });
        if (isHarmless(error)) untried ??= 0;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  if (failures.length > 0) throw allFailures(failures, { stopped, begun, untried: untried ?? 0 });
  return stopped;
}

function checkRequest({ reason, graceMs }: StopRequest): void {
  if (reason.length > MAX_REASON) throw invalidArgument('reason', `must be at most ${MAX_REASON} characters`);
  // Without any time Kubernetes would forget the pod, and its log, before its programs have ended.
  if (graceMs !== undefined && graceMs < MIN_GRACE_MS) throw invalidArgument('grace_period', 'must be at least 1s');
}

interface Failure {
  readonly id: string;
  readonly error: unknown;
}

/** Whether it is sure that nothing was done. */
function isHarmless(error: unknown): boolean {
  return error instanceof TaskError && error.metadata['begun'] === 'false';
}

/** What came of the other tasks. */
interface Others {
  readonly stopped: number;
  /** Something was done to one of them. */
  readonly begun: boolean;
  readonly untried: number;
}

function allFailures(failures: readonly Failure[], { stopped, begun, untried }: Others): unknown {
  const errors: { readonly id: string; readonly error: TaskError }[] = [];
  for (const { id, error } of failures) {
    // What nobody foresaw is not for callers.
    if (!(error instanceof TaskError)) return error;
    errors.push({ id, error });
  }
  const told = errors.slice(0, TOLD_FAILURES).map(({ id, error: { message } }) => {
    return `${id}: ${message.length > TOLD_LENGTH ? `${message.slice(0, TOLD_LENGTH)}…` : message}`;
  });
  const more = errors.length > told.length ? [`and ${errors.length - told.length} more`] : [];
  const rest = untried > 0 ? [`${untried} were not tried`] : [];
  const failed = errors.length + untried;
  const count = failed === 1 ? '1 task' : `${failed} tasks`;
  const text = `${count} could not be stopped, ${stopped} could; ${[...told, ...more, ...rest].join('; ')}`;
  const first = errors[0]?.error;
  return new TaskError(first?.reason ?? 'CLUSTER_REFUSED', text, {
    metadata: {
      failed: String(failed),
      stopped: String(stopped),
      ...(!begun && errors.every(({ error }) => isHarmless(error)) ? { begun: 'false' } : {}),
    },
    retryAfterMs: first?.retryAfterMs,
    cause: first,
  });
}

async function stopView(
  domain: Uses,
  user: string,
  view: TaskView,
  { reason, graceMs }: StopRequest,
  caller: Caller,
): Promise<StopOutcome> {
  const task = aggregate(view, domain.namespace);
  if (isFinal(task)) return 'finished';
  const mark = view.record.stop ?? { user, timeMs: domain.clock.now(), reason, startedAtMs: startsOf(task) };
  // The pods go as soon as their Jobs are suspended, and their logs with them.
  await domain.archive.hold(view, caller.signal);
  const graceSeconds = graceMs === undefined ? undefined : Math.ceil(graceMs / 1000);
  await domain.launcher.stop(view, mark, graceSeconds, caller.signal);
  return view.record.stop ? 'stopping' : 'stopped';
}

function startsOf(task: Task): Record<number, number> {
  const started = task.nodes.flatMap(({ index, startedAtMs }) =>
    startedAtMs === undefined ? [] : [[index, startedAtMs]],
  );
  return Object.fromEntries(started) as Record<number, number>;
}
