/**
 * What any replica does for tasks when nobody asks: it finishes submissions and stops that were cut off, and writes into the
 * record what has to outlive pods and Jobs. Everything here may be done twice, and by several replicas at a time.
 */

import { nodeState } from '../domain/status/node-state.js';
import type { NodeResult, TaskView } from '../domain/task.js';
import type { TaskCache } from './cache.js';
import { hasCode } from './errors.js';
import type { Launcher } from './launcher.js';
import { recordName } from './names.js';
import type { RawConfigMap } from './objects.js';
import type { Paths } from './paths.js';
import { progressPatch } from './record.js';
import { pause, type KubeClient } from './transport.js';

/** Who submits or stops is given this long to finish by itself. */
const PATIENCE_MS = 10_000;
/** That all Jobs exist is written down after this time, or with the first result. */
const LAUNCHED_AFTER_MS = 5000;
/** Results are written soon, and several of one task together. */
const RESULT_AFTER_MS = 500;
/** A result without its pod says little: the pod may only not have been seen yet. */
const PODLESS_RESULT_AFTER_MS = 5000;
/** Replicas do the same at slightly different times, so that mostly only one of them has to. */
const JITTER = 0.5;
const TICK_MS = 250;
/** Background writes a second: they must not take the cluster's attention from submissions. */
const WRITES_PER_SECOND = 20;
/** How many chores are under way at a time: one slow answer must not hold up the others. */
const CONCURRENCY = 8;
/** How long one chore may take before its place is given to others. */
const CHORE_TIMEOUT_MS = 60_000;
const FIRST_RETRY_MS = 5000;
const MAX_RETRY_MS = 5 * 60_000;

/** What has to be done for a task, and how long after it was noticed. */
type Chore = { readonly kind: 'complete' | 'suspend' | 'note'; readonly afterMs: number };

/** A chore that waits for its time. */
interface Due {
  readonly kind: Chore['kind'];
  readonly atMs: number;
  /** How often in a row it has failed. */
  readonly failures: number;
}

/** Tells the time, in milliseconds since 1970, and passes it; `deadline` is aborted after so many milliseconds. */
interface Time {
  now(): number;
  readonly wait: typeof pause;
  deadline(ms: number): AbortSignal;
}

/** The chores of one server process. */
export class Reconciler {
  readonly #client: KubeClient;
  readonly #paths: Paths;
  readonly #cache: TaskCache;
  readonly #launcher: Launcher;
  readonly #log: (message: string) => void;
  readonly #time: Time;
  /** Tasks to judge at the next tick: a task that is new changes several times within it. */
  readonly #changed = new Set<string>();
  /** When each task is looked at; the kind is what it was noticed for. */
  readonly #due = new Map<string, Due>();
  /** What is being done, by task: one thing at a time for each. */
  readonly #working = new Map<string, Promise<void>>();

  constructor(
    client: KubeClient,
    paths: Paths,
    cache: TaskCache,
    launcher: Launcher,
    log: (message: string) => void,
    time: Time = { now: Date.now, wait: pause, deadline: (ms) => AbortSignal.timeout(ms) },
  ) {
    this.#time = time;
    this.#client = client;
    this.#paths = paths;
    this.#cache = cache;
    this.#launcher = launcher;
    this.#log = log;
    cache.onAnyChange((taskId) => this.#changed.add(taskId));
  }

  /** Works until the signal is aborted, and what was begun has ended. */
  async run(signal: AbortSignal): Promise<void> {
    let budget = 0;
    await this.#cache.ready(signal).catch(() => {});
    while (await this.#time.wait(TICK_MS, signal)) {
      budget = Math.min(WRITES_PER_SECOND, budget + (WRITES_PER_SECOND * TICK_MS) / 1000);
      for (const taskId of this.#changed) this.#notice(taskId);
      this.#changed.clear();
      const nowMs = this.#time.now();
      for (const [taskId, due] of this.#due) {
        if (budget < 1 || this.#working.size >= CONCURRENCY) break;
        if (due.atMs > nowMs || this.#working.has(taskId)) continue;
        this.#due.delete(taskId);
        budget -= 1;
        const work = this.#try(taskId, due, signal).finally(() => this.#working.delete(taskId));
        this.#working.set(taskId, work);
      }
    }
    await Promise.all(this.#working.values());
  }

  #notice(taskId: string): void {
    const view = this.#cache.peek(taskId);
    const chore = view && choreOf(view);
    if (!chore) {
      this.#due.delete(taskId);
      return;
    }
    const due = this.#due.get(taskId);
    const atMs = this.#time.now() + chore.afterMs * (1 + Math.random() * JITTER);
    // What has failed waits its time, however often the task changes meanwhile.
    if (due?.kind === chore.kind && (due.failures > 0 || due.atMs <= atMs)) return;
    this.#due.set(taskId, { kind: chore.kind, atMs, failures: 0 });
  }

  async #try(taskId: string, due: Due, signal: AbortSignal): Promise<void> {
    const view = this.#cache.peek(taskId);
    const chore = view && choreOf(view);
    if (!chore) return;
    try {
      await this.#do(view, chore.kind, AbortSignal.any([signal, this.#time.deadline(CHORE_TIMEOUT_MS)]));
    } catch (error) {
      if (signal.aborted || hasCode(error, 404)) return;
      const failures = chore.kind === due.kind ? due.failures : 0;
      const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
      const what = error instanceof Error ? error.message : String(error);
      this.#log(`task ${taskId}: ${what}; next try in ${waitMs / 1000} s`);
      const atMs = this.#time.now() + waitMs * (1 + Math.random() * JITTER);
      this.#due.set(taskId, { kind: chore.kind, atMs, failures: failures + 1 });
    }
  }

  async #do(view: TaskView, kind: Chore['kind'], signal: AbortSignal): Promise<void> {
    const { id, stop, launched } = view.record;
    if (kind === 'complete') {
      this.#log(`task ${id}: finishing a submission that was cut off`);
      await this.#launcher.complete(id, signal);
    } else if (kind === 'suspend' && stop) {
      await this.#launcher.suspendJobs(view, stop, signal);
    } else if (kind === 'note') {
      const path = `${this.#paths.configMaps}/${recordName(id)}`;
      const body = progressPatch(!launched && allJobs(view), newResults(view));
      const answer = await this.#client.request<RawConfigMap>({ method: 'PATCH', path, body, signal });
      this.#cache.applyRecord(answer.body);
    }
  }
}

function choreOf(view: TaskView): Chore | undefined {
  const { record } = view;
  if (record.uid === undefined || record.deleting) return undefined;
  if (record.stop) {
    const loose = view.nodes.some(({ job }) => job && !job.outcome && !job.suspended);
    if (loose) return { kind: 'suspend', afterMs: PATIENCE_MS };
  } else if (!record.launched && !allJobs(view)) {
    return { kind: 'complete', afterMs: PATIENCE_MS };
  }
  const results = [...newResults(view).values()];
  if (results.length > 0) {
    const sure = results.every(({ state, podName }) => podName !== '' || state === 'STOPPED');
    return { kind: 'note', afterMs: sure ? RESULT_AFTER_MS : PODLESS_RESULT_AFTER_MS };
  }
  if (!record.launched && allJobs(view)) return { kind: 'note', afterMs: LAUNCHED_AFTER_MS };
  return undefined;
}

function allJobs(view: TaskView): boolean {
  return view.nodes.every(({ job }) => job !== undefined);
}

/** How nodes ended, as far as the record does not say so yet. */
function newResults(view: TaskView): Map<number, NodeResult> {
  const results = new Map<number, NodeResult>();
  for (const node of view.nodes) {
    if (view.record.results[node.index]) continue;
    const { state, reason, message, exitCode, startedAtMs, finishedAtMs, podName, nodeName } = nodeState(
      node,
      view.record,
    );
    if (state !== 'COMPLETED' && state !== 'FAILED' && state !== 'STOPPED') continue;
    const endedAtMs = finishedAtMs ?? (state === 'STOPPED' ? view.changedAtMs : undefined);
    results.set(node.index, {
      state,
      reason,
      message,
      exitCode,
      startedAtMs,
      finishedAtMs: endedAtMs,
      podName,
      nodeName,
    });
  }
  return results;
}
