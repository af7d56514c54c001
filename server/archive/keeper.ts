/**
 * Keeps the logs of nodes before they go with their pods: of a container that has ended soon after, of a pod that is being
 * deleted while its program still ends. Several servers may do so at a time for one directory or each for its own.
 */

import { beginningAt } from '../domain/logs/beginning.js';
import type { FirstLines, LogArchive, LogEvent, LogOptions, LogSource } from '../domain/ports.js';
import { mayHaveLog, type PodView, type TaskRecord, type TaskView } from '../domain/task.js';
import { inTurns } from '../in-turns.js';
import { messageOf } from '../message-of.js';
import type { Pause } from '../pause.js';
import { untilAborted } from '../until-aborted.js';
import type { Archive, TaskKey } from './archive.js';
import { Beginnings } from './beginnings.js';

/** How many logs of containers that have ended are read at a time: there is no hurry. */
const ENDED_AT_A_TIME = 4;
/** How many logs of pods that are going are read at a time. */
const GOING_AT_A_TIME = 256;
/** Servers that share a directory begin at different times, so that mostly only one of them has to. */
const ENDED_AFTER_MS = 500;
const JITTER_MS = 1000;
const FIRST_RETRY_MS = 5000;
const MAX_RETRY_MS = 300_000;
/** How long a stop waits for the first line of each log: a program that has written nothing can lose nothing. */
const HOLD_MS = 300;
const STOP_MS = 3000;
/** What nobody touched for so long is left over, unless it is the kept log of a task. */
const LEFT_OVER_MS = 3_600_000;

/** What the keeper uses of the world. */
export interface KeeperOptions {
  readonly archive: Archive;
  readonly logs: LogSource;
  readonly firstLines: FirstLines;
  readonly tasks: {
    peek(taskId: string): TaskView | undefined;
    ids(): readonly string[];
    onAnyChange(listener: (taskId: string) => void): void;
  };
  readonly wait: Pause;
  readonly log: (message: string) => void;
}

/** A task that was seen. */
interface Known {
  readonly key: TaskKey;
  /** Its pods, by uid: those that were seen running, and those that need no keeping any more. */
  readonly pods: Map<string, 'begun' | 'done'>;
}

/** One log that is being kept. */
interface Keeping {
  readonly taskId: string;
  readonly index: number;
  /** Something of it has been read, or it is over. */
  readonly begun: Promise<void>;
  /** It is kept, or failed. Never rejects. */
  readonly over: Promise<void>;
}

/** Keeps logs, and gives them back. */
export class LogKeeper implements LogArchive {
  readonly #options: KeeperOptions;
  readonly #stopped = new AbortController();
  readonly #changed = new Set<string>();
  readonly #beginnings: Beginnings;
  readonly #tasks = new Map<string, Known>();
  readonly #keeping = new Map<string, Keeping>();
  /** Pods whose containers have ended, waiting for their turn. */
  readonly #ended = new Map<string, string>();
  readonly #failures = new Map<string, number>();
  #waiting = false;
  #reading = 0;
  #going = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#beginnings = new Beginnings(options, this.#stopped.signal);
  }

  /**
   * Looks at what there is already, and from now on at what changes, and removes what is left over. To be called when the first picture
   * of the cluster is there.
   */
  async start(): Promise<void> {
    this.#options.tasks.onAnyChange((taskId) => {
      // Many changes come at a time; what they have come to is looked at once.
      if (this.#changed.size === 0) setImmediate(() => void this.#look());
      this.#changed.add(taskId);
    });
    for (const id of this.#options.tasks.ids()) this.#changed.add(id);
    await this.#look();
    await this.#options.archive.sweep((id) => this.#options.tasks.peek(id)?.record, LEFT_OVER_MS);
  }

  /** Ends, with a little time for what is being kept; the rest is begun anew by the next server, if it still can be. */
  async stop(): Promise<void> {
    const over = Promise.all([...this.#keeping.values()].map((keeping) => keeping.over));
    await Promise.race([over, this.#options.wait(STOP_MS, this.#stopped.signal)]);
    this.#stopped.abort();
    await over;
  }

  pods(task: TaskRecord, node: number): Promise<readonly string[]> {
    return this.#options.archive.pods(task, node);
  }

  read(task: TaskRecord, node: number, pod: string, options: LogOptions): AsyncIterable<LogEvent> {
    return this.#options.archive.read(task, node, pod, options);
  }

  beginning(task: TaskRecord, node: number, pod: string): Promise<bigint | undefined> {
    return this.#options.archive.beginning(task, node, pod);
  }

  async settled(task: TaskRecord, node: number, signal: AbortSignal): Promise<void> {
    const own = [...this.#keeping.values()].filter(({ taskId, index }) => taskId === task.id && index === node);
    await untilOver(own, signal);
  }

  async hold(view: TaskView, signal: AbortSignal): Promise<void> {
    const begun = view.nodes.flatMap(({ pod }) =>
      pod?.container.state === 'running' && mayHaveLog(pod) ? (this.#keep(view.record, pod)?.begun ?? []) : [],
    );
    const patience = new AbortController();
    const either = AbortSignal.any([signal, patience.signal]);
    await Promise.race([Promise.all(begun), this.#options.wait(HOLD_MS, either)]);
    patience.abort();
  }

  async keep({ record, nodes }: TaskView, signal: AbortSignal): Promise<void> {
    const ended = nodes.flatMap(({ pod }) => (pod?.container.state === 'terminated' ? [pod] : []));
    for (const pod of ended) this.#keep(record, pod);
    // Those of pods that are gone by now too.
    const own = [...this.#keeping.values()].filter(({ taskId }) => taskId === record.id);
    await untilOver(own, signal);
    const missing = ended.find((pod) => !this.#isDone(record, pod));
    if (missing) throw new Error(`the log of pod ${missing.name} is not kept yet`);
  }

  async #look(): Promise<void> {
    for await (const taskId of inTurns(this.#changed)) {
      if (this.#stopped.signal.aborted) return;
      this.#changed.delete(taskId);
      const view = this.#options.tasks.peek(taskId);
      if (view) this.#notice(view);
      else void this.#forget(taskId);
    }
  }

  #notice(view: TaskView): void {
    const { record } = view;
    for (const { pod } of view.nodes) {
      if (!pod || this.#isDone(record, pod)) continue;
      const { state } = pod.container;
      if (state === 'running' && mayHaveLog(pod)) this.#noticeRunning(record, pod);
      if (state === 'terminated' && mayHaveLog(pod)) this.#enqueue(record, pod);
      // That it has written nothing is to be kept as well.
      else if (state === 'terminated' || (state === 'running' && pod.deleting && mayHaveLog(pod)))
        this.#keep(record, pod);
    }
  }

  async #forget(taskId: string): Promise<void> {
    const known = this.#tasks.get(taskId);
    if (!known) return;
    this.#tasks.delete(taskId);
    try {
      await this.#options.archive.remove(known.key);
    } catch (error) {
      this.#options.log(`removing the logs of task ${taskId}: ${messageOf(error)}`);
    }
  }

  #known({ id, uid }: TaskRecord): Known {
    const known = this.#tasks.get(id);
    if (known && known.key.uid === uid) return known;
    const fresh = { key: { id, uid }, pods: new Map() } satisfies Known;
    this.#tasks.set(id, fresh);
    return fresh;
  }

  #isDone(record: TaskRecord, { uid }: PodView): boolean {
    return this.#known(record).pods.get(uid) === 'done';
  }

  #noticeRunning(record: TaskRecord, pod: PodView): void {
    const { key, pods } = this.#known(record);
    if (pods.has(pod.uid)) return;
    pods.set(pod.uid, 'begun');
    const runs = (): boolean => this.#options.tasks.peek(key.id)?.nodes[pod.index]?.pod?.container.state === 'running';
    this.#beginnings.watch(key, pod, runs);
  }

  #enqueue(record: TaskRecord, pod: PodView): void {
    if (this.#ended.has(pod.uid) || this.#keeping.has(pod.uid)) return;
    this.#ended.set(pod.uid, record.id);
    // One wait for all that end meanwhile: after a start there may be thousands.
    if (this.#waiting) return;
    this.#waiting = true;
    const afterMs = ENDED_AFTER_MS + Math.random() * JITTER_MS;
    void this.#options.wait(afterMs, this.#stopped.signal).then(() => {
      this.#waiting = false;
      this.#next();
    });
  }

  /** Begins with as many of the ended ones as may be read at a time. */
  #next(): void {
    for (const [uid, taskId] of this.#ended) {
      if (this.#reading >= ENDED_AT_A_TIME || this.#stopped.signal.aborted) return;
      this.#ended.delete(uid);
      const view = this.#options.tasks.peek(taskId);
      const pod = view?.nodes.map((node) => node.pod).find((candidate) => candidate?.uid === uid);
      const keeping = view && pod && this.#keep(view.record, pod);
      if (!keeping) continue;
      this.#reading += 1;
      void keeping.over.then(() => {
        this.#reading -= 1;
        this.#next();
      });
    }
  }

  /** Begins to keep a log, unless that is done or being done; undefined when too many are. */
  #keep(record: TaskRecord, pod: PodView): Keeping | undefined {
    const under = this.#keeping.get(pod.uid);
    if (under) return under;
    if (this.#isDone(record, pod)) return undefined;
    const going = pod.container.state === 'running';
    if (going && this.#going >= GOING_AT_A_TIME) {
      this.#options.log(`the log of pod ${pod.name} may go with it: too many pods end at a time`);
      return undefined;
    }
    if (going) this.#going += 1;
    let onBegun = (): void => {};
    const begun = new Promise<void>((resolve) => {
      onBegun = resolve;
    });
    const over = this.#work(record, pod, onBegun).then((failure) => {
      onBegun();
      if (going) this.#going -= 1;
      this.#keeping.delete(pod.uid);
      if (failure !== undefined) void this.#tryAgain(record.id, pod, failure);
    });
    const keeping = { taskId: record.id, index: pod.index, begun, over };
    this.#keeping.set(pod.uid, keeping);
    return keeping;
  }

  /** Returns why it failed; undefined when it did not. */
  async #work(record: TaskRecord, pod: PodView, onBegun: () => void): Promise<string | undefined> {
    const { archive, logs } = this.#options;
    const { signal } = this.#stopped;
    const options = { follow: true, tail: undefined, sinceMs: undefined, position: undefined };
    try {
      const kept = await archive.pods(record, pod.index);
      if (!kept.includes(pod.uid)) {
        const log = mayHaveLog(pod) ? logs.read(pod, options, signal) : nothing();
        const beganNs = await archive.beginning(record, pod.index, pod.uid);
        const marked = beganNs === undefined ? log : beginningAt(beganNs, log);
        await archive.keep(record, pod, whole(marked, onBegun, signal));
      }
      this.#failures.delete(pod.uid);
      this.#tasks.get(record.id)?.pods.set(pod.uid, 'done');
      return undefined;
    } catch (error) {
      return signal.aborted ? undefined : messageOf(error);
    }
  }

  async #tryAgain(taskId: string, { uid, name }: PodView, failure: string): Promise<void> {
    const failures = this.#failures.get(uid) ?? 0;
    this.#failures.set(uid, failures + 1);
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
    this.#options.log(`keeping the log of pod ${name}: ${failure}; trying again in ${waitMs / 1000} s`);
    await this.#options.wait(waitMs, this.#stopped.signal);
    const view = this.#options.tasks.peek(taskId);
    if (view?.nodes.some(({ pod }) => pod?.uid === uid)) this.#notice(view);
    else this.#failures.delete(uid);
  }
}

/** A log is read for as long as its cluster is away or its node says nothing: who waits for that may have to leave first. */
async function untilOver(keepings: readonly Keeping[], signal: AbortSignal): Promise<void> {
  await untilAborted(Promise.all(keepings.map(({ over }) => over)), signal);
}

/** The log of a program that has written nothing. */
async function* nothing(): AsyncGenerator<LogEvent, void, undefined> {}

/** Passes a log on; throws when it ended because it was aborted, so that a part is not taken for the whole. */
async function* whole(
  events: AsyncIterable<LogEvent>,
  onBegun: () => void,
  signal: AbortSignal,
): AsyncGenerator<LogEvent, void, undefined> {
  for await (const event of events) {
    onBegun();
    yield event;
  }
  signal.throwIfAborted();
}
