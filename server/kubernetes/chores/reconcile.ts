/**
 * What any replica does for tasks when nobody asks: it finishes submissions and stops that were cut off, ends tasks whose time is
 * up or that have failed, and writes into the record what has to outlive pods and Jobs. Everything here may be done twice, and by
 * several replicas at a time.
 */

import type { EventSource, LastLines, LogArchive } from '../../domain/ports.js';
import type { TaskView } from '../../domain/task.js';
import { haltMark, haltOf } from '../../domain/status/halt.js';
import { nodeState } from '../../domain/status/node-state.js';
import { eventsOfAll, silentUids } from '../../domain/status/silent.js';
import type { TaskCache } from '../cache/cache.js';
import { type Chore, choreOf, isDoneOnce, isTimed, retryOfView, type Spans } from './chores.js';
import { hasCode } from '../api/errors.js';
import { inTurns } from '../../in-turns.js';
import { messageOf } from '../../message-of.js';
import { pause, type Pause } from '../../pause.js';
import type { Launcher } from '../launch/launcher.js';
import { recordName } from '../names.js';
import type { RawConfigMap } from '../objects.js';
import type { Paths } from '../paths.js';
import { resultsOf, withLines } from '../results.js';
import { progressPatch } from '../record.js';
import type { KubeClient } from '../api/client.js';

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
/** A node that may never start, and of which events do not say so yet, is looked at again after this time. */
const LOOK_AGAIN_MS = 60_000;
const FIRST_RETRY_MS = 5000;
const MAX_RETRY_MS = 5 * 60_000;

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
  readonly wait: Pause;
  deadline(ms: number): AbortSignal;
}

/** What the chores use besides the cluster. */
export interface ReconcilerUses extends Spans {
  /** Logs are held before their pods are ended. */
  readonly archive: Pick<LogArchive, 'hold' | 'keep'>;
  readonly lastLines: LastLines;
  /** Why a node that did not start in time has not, where only events tell. */
  readonly events: EventSource;
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
      for await (const taskId of inTurns(this.#changed)) {
        this.#changed.delete(taskId);
        this.#notice(taskId, uses);
      }
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

  #notice(taskId: string, uses: ReconcilerUses): void {
    const view = this.#cache.peek(taskId);
    const chore = view && choreOf(view, this.#time.now(), uses);
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
    const chore = view && choreOf(view, this.#time.now(), uses);
    if (!chore) return;
    // What it was due for has passed by, and this has its own time.
    if (isTimed(chore.kind) && chore.afterMs > 0) return this.#notice(taskId, uses);
    try {
      await this.#do(view, chore.kind, uses, AbortSignal.any([signal, this.#time.deadline(CHORE_TIMEOUT_MS)]));
    } catch (error) {
      // Gone, or another server was first: what it did is seen soon.
      if (signal.aborted || hasCode(error, 404) || (isDoneOnce(chore.kind) && hasCode(error, 409))) return;
      const failures = chore.kind === due.kind ? due.failures : 0;
      const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
      const what = messageOf(error);
      this.#log(`task ${taskId}: ${what}; next try in ${waitMs / 1000} s`);
      const atMs = this.#time.now() + waitMs * (1 + Math.random() * JITTER);
      const noticed = this.#due.get(taskId);
      // What was noticed meanwhile is not held up by what has failed.
      if (noticed && noticed.kind !== chore.kind && noticed.atMs < atMs) return;
      this.#due.set(taskId, { kind: chore.kind, atMs, failures: failures + 1 });
    }
  }

  async #do(view: TaskView, kind: Chore['kind'], uses: ReconcilerUses, signal: AbortSignal): Promise<void> {
    const { id } = view.record;
    if (kind === 'complete') {
      this.#log(`task ${id}: finishing a submission that was cut off`);
      await this.#launcher.complete(id, signal);
    } else if (kind === 'suspend') {
      await this.#launcher.suspension.suspend(view, signal);
    } else if (kind === 'halt') {
      const seen = await this.#withPods(view, signal);
      const nodes = seen.nodes.map((node) => nodeState(node, seen.record));
      const due = haltOf(seen, uses.podsReadyMs, await eventsOfAll(uses.events, silentUids(seen, nodes), signal));
      const nowMs = this.#time.now();
      if (!due || due.atMs > nowMs) {
        const atMs = Math.min(nowMs + LOOK_AGAIN_MS, due?.atMs ?? Infinity);
        // What has changed since it was looked at is noticed by itself, and may be more urgent.
        if (this.#cache.peek(id) === seen) this.#due.set(id, { kind, atMs, failures: 0 });
        return;
      }
      // The pods go as soon as their Jobs are suspended, and their logs with them.
      await uses.archive.hold(seen, signal);
      await this.#launcher.suspension.halt(seen, haltMark(due, seen, nowMs), signal);
    } else if (kind === 'restart') {
      const retry = retryOfView(view);
      if (!retry) return;
      // The pods of this attempt are not looked at any more when the next one has begun.
      await uses.archive.keep(view, signal);
      this.#log(`task ${id}: attempt ${view.record.attempt + 1} begins`);
      await this.#launcher.restart(view, retry, signal);
    } else if (kind === 'remove') {
      this.#log(`task ${id}: its time to be kept is over`);
      await this.#launcher.remove(view, signal);
    } else if (kind === 'note') {
      const path = `${this.#paths.configMaps}/${recordName(id)}`;
      const seen = await this.#withPods(view, signal);
      const { launched, launchNoted, revision } = seen.record;
      const results = await withLines(seen, resultsOf(seen), uses.lastLines);
      const body = progressPatch(launched && !launchNoted, results, revision);
      const answer = await this.#client.request<RawConfigMap>({ method: 'PATCH', path, body, signal });
      this.#cache.applyRecord(answer.body);
    }
  }

  /** The task with the pods of all nodes that have ended: what is decided or written down is final, and a Job tells little of an end. */
  async #withPods(view: TaskView, signal: AbortSignal): Promise<TaskView> {
    const results = resultsOf(view);
    if (view.nodes.every(({ index, pod, gone }) => pod ?? gone ?? !results.has(index))) return view;
    await this.#cache.findPods(view.record.id, signal);
    return this.#cache.peek(view.record.id) ?? view;
  }
}
