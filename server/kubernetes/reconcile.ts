/**
 * What any replica does for tasks when nobody asks: it finishes submissions and stops that were cut off, ends tasks whose time is
 * up or that have failed, and writes into the record what has to outlive pods and Jobs. Everything here may be done twice, and by
 * several replicas at a time.
 */

import type { LastLines, LogArchive } from '../domain/ports.js';
import type { TaskView } from '../domain/task.js';
import { haltMark, haltOf } from '../domain/status/halt.js';
import { nodeState } from '../domain/status/node-state.js';
import { type Retry, retryOf } from '../domain/status/retry.js';
import type { TaskCache } from './cache.js';
import { hasCode } from './errors.js';
import type { Launcher } from './launcher.js';
import { recordName } from './names.js';
import type { RawConfigMap } from './objects.js';
import type { Paths } from './paths.js';
import { resultsOf, withLines } from './results.js';
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
/** Where a chore is due at a certain time, they differ by this much at most. */
const MAX_JITTER_MS = 5000;
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
interface Chore {
  readonly kind: 'complete' | 'suspend' | 'note' | 'halt' | 'restart';
  readonly afterMs: number;
}

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

/** What the chores use besides the cluster. */
export interface ReconcilerUses {
  /** Logs are held before their pods are ended. */
  readonly archive: Pick<LogArchive, 'hold' | 'keep'>;
  readonly lastLines: LastLines;
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
  async run(uses: ReconcilerUses, signal: AbortSignal): Promise<void> {
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
        const work = this.#try(taskId, due, uses, signal).finally(() => this.#working.delete(taskId));
        this.#working.set(taskId, work);
      }
    }
    await Promise.all(this.#working.values());
  }

  #notice(taskId: string): void {
    const view = this.#cache.peek(taskId);
    const chore = view && choreOf(view, this.#time.now());
    if (!chore) {
      this.#due.delete(taskId);
      return;
    }
    const due = this.#due.get(taskId);
    const jitterMs = Math.min(MAX_JITTER_MS, chore.afterMs * JITTER);
    const atMs = this.#time.now() + chore.afterMs + Math.random() * jitterMs;
    // What has failed waits its time, however often the task changes meanwhile.
    if (due?.kind === chore.kind && (due.failures > 0 || due.atMs <= atMs)) return;
    this.#due.set(taskId, { kind: chore.kind, atMs, failures: 0 });
  }

  async #try(taskId: string, due: Due, uses: ReconcilerUses, signal: AbortSignal): Promise<void> {
    const view = this.#cache.peek(taskId);
    const chore = view && choreOf(view, this.#time.now());
    if (!chore) return;
    // What it was due for has passed by, and this has its own time.
    if (isTimed(chore.kind) && chore.afterMs > 0) return this.#notice(taskId);
    try {
      await this.#do(view, chore.kind, uses, AbortSignal.any([signal, this.#time.deadline(CHORE_TIMEOUT_MS)]));
    } catch (error) {
      // Gone, or another server was first: what it did is seen soon.
      if (signal.aborted || hasCode(error, 404) || (isTimed(chore.kind) && hasCode(error, 409))) return;
      const failures = chore.kind === due.kind ? due.failures : 0;
      const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
      const what = error instanceof Error ? error.message : String(error);
      this.#log(`task ${taskId}: ${what}; next try in ${waitMs / 1000} s`);
      const atMs = this.#time.now() + waitMs * (1 + Math.random() * JITTER);
      this.#due.set(taskId, { kind: chore.kind, atMs, failures: failures + 1 });
    }
  }

  async #do(view: TaskView, kind: Chore['kind'], uses: ReconcilerUses, signal: AbortSignal): Promise<void> {
    const { id, stop, halt, launched } = view.record;
    if (kind === 'complete') {
      this.#log(`task ${id}: finishing a submission that was cut off`);
      await this.#launcher.complete(id, signal);
    } else if (kind === 'suspend' && halt) {
      await this.#launcher.suspendHalted(view, halt, signal);
    } else if (kind === 'suspend' && stop) {
      await this.#launcher.suspendJobs(view, stop, signal);
    } else if (kind === 'halt') {
      const due = haltOf(view);
      if (!due) return;
      // The pods go as soon as their Jobs are suspended, and their logs with them.
      await uses.archive.hold(view, signal);
      await this.#launcher.halt(view, haltMark(due, view, this.#time.now()), signal);
    } else if (kind === 'restart') {
      const retry = retryOfView(view);
      if (!retry) return;
      // The pods of this attempt are not looked at any more when the next one has begun.
      await uses.archive.keep(view, signal);
      this.#log(`task ${id}: attempt ${view.record.attempt + 1} begins`);
      await this.#launcher.restart(view, retry, signal);
    } else if (kind === 'note') {
      const path = `${this.#paths.configMaps}/${recordName(id)}`;
      const body = progressPatch(!launched && allJobs(view), await withLines(view, resultsOf(view), uses.lastLines));
      const answer = await this.#client.request<RawConfigMap>({ method: 'PATCH', path, body, signal });
      this.#cache.applyRecord(answer.body);
    }
  }
}

function choreOf(view: TaskView, nowMs: number): Chore | undefined {
  const { record } = view;
  if (record.uid === undefined || record.deleting) return undefined;
  if (record.stop ?? record.halt) {
    const loose = view.nodes.some(({ job }) => job && !job.outcome && !job.suspended);
    if (loose) return { kind: 'suspend', afterMs: PATIENCE_MS };
  } else if (!record.launched && !allJobs(view)) {
    return { kind: 'complete', afterMs: PATIENCE_MS };
  }
  const notes = noteOf(view);
  // Another attempt begins when this one is written down.
  const chores = [...notes, ...haltChore(view, nowMs), ...(notes.length === 0 ? restartChore(view, nowMs) : [])];
  return chores.toSorted((x, y) => x.afterMs - y.afterMs)[0];
}

/** Whether a chore has its own time, and is done once for all servers. */
function isTimed(kind: Chore['kind']): boolean {
  return kind === 'halt' || kind === 'restart';
}

function restartChore(view: TaskView, nowMs: number): readonly Chore[] {
  const atMs = retryOfView(view)?.atMs;
  return atMs === undefined ? [] : [{ kind: 'restart', afterMs: Math.max(0, atMs - nowMs) }];
}

function retryOfView({ record, nodes }: TaskView): Retry | undefined {
  if (!record.rules?.recovery) return undefined;
  return retryOf(
    record,
    nodes.map((node) => nodeState(node, record)),
  );
}

function noteOf(view: TaskView): readonly Chore[] {
  const { record } = view;
  const results = [...resultsOf(view).values()];
  if (results.length > 0) {
    const sure = results.every(({ state, podName }) => podName !== '' || state === 'STOPPED' || record.halt);
    return [{ kind: 'note', afterMs: sure ? RESULT_AFTER_MS : PODLESS_RESULT_AFTER_MS }];
  }
  return !record.launched && allJobs(view) ? [{ kind: 'note', afterMs: LAUNCHED_AFTER_MS }] : [];
}

function haltChore(view: TaskView, nowMs: number): readonly Chore[] {
  const halt = haltOf(view);
  return halt ? [{ kind: 'halt', afterMs: Math.max(0, halt.atMs - nowMs) }] : [];
}

function allJobs(view: TaskView): boolean {
  return view.nodes.every(({ job }) => job !== undefined);
}
