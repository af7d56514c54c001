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
const RETRY_MS = 5000;

/** What has to be done for a task, and how long after it was noticed. */
type Chore = { readonly kind: 'complete' | 'suspend' | 'note'; readonly afterMs: number };

/** Tells the time, in milliseconds since 1970, and passes it. */
interface Time {
  now(): number;
  readonly wait: typeof pause;
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
  readonly #due = new Map<string, { readonly kind: Chore['kind']; readonly atMs: number }>();

  constructor(
    client: KubeClient,
    paths: Paths,
    cache: TaskCache,
    launcher: Launcher,
    log: (message: string) => void,
    time: Time = { now: Date.now, wait: pause },
  ) {
    this.#time = time;
    this.#client = client;
    this.#paths = paths;
    this.#cache = cache;
    this.#launcher = launcher;
    this.#log = log;
    cache.onAnyChange((taskId) => this.#changed.add(taskId));
  }

  /** Works until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    let budget = 0;
    await this.#cache.ready(signal).catch(() => {});
    while (await this.#time.wait(TICK_MS, signal)) {
      budget = Math.min(WRITES_PER_SECOND, budget + (WRITES_PER_SECOND * TICK_MS) / 1000);
      for (const taskId of this.#changed) this.#notice(taskId);
      this.#changed.clear();
      const nowMs = this.#time.now();
      for (const [taskId, { atMs }] of this.#due) {
        if (budget < 1) break;
        if (atMs > nowMs) continue;
        this.#due.delete(taskId);
        budget -= 1;
        try {
          await this.#do(taskId, signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!hasCode(error, 404)) {
            this.#log(`task ${taskId}: ${error instanceof Error ? error.message : String(error)}`);
            this.#due.set(taskId, { kind: 'note', atMs: nowMs + RETRY_MS });
          }
        }
      }
    }
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
    if (!due || due.kind !== chore.kind || due.atMs > atMs) this.#due.set(taskId, { kind: chore.kind, atMs });
  }

  async #do(taskId: string, signal: AbortSignal): Promise<void> {
    const view = this.#cache.peek(taskId);
    const chore = view && choreOf(view);
    if (!chore) return;
    if (chore.kind === 'complete') {
      this.#log(`task ${taskId}: finishing a submission that was cut off`);
      await this.#launcher.complete(taskId, signal);
    } else if (chore.kind === 'suspend' && view.record.stop) {
      await this.#launcher.suspendJobs(view, view.record.stop, signal);
    } else if (chore.kind === 'note') {
      const path = `${this.#paths.configMaps}/${recordName(taskId)}`;
      const body = progressPatch(!view.record.launched && allJobs(view), newResults(view));
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
    const endedAtMs = state === 'STOPPED' ? view.changedAtMs : finishedAtMs;
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
