/** One node's log from where it is: of a pod that is there from the cluster, of one that is gone from the archive. */

import type { Domain } from '../context.js';
import type { LogEvent, LogOptions, LogPosition, PodIdentity } from '../ports.js';
import type { TaskRecord } from '../task.js';
import { beginningAt, fromBeginning } from './beginning.js';
import { beforeLines, isBeforeLines } from './cursor.js';
import { goneGap } from './gap.js';
import type { Sight } from './sight.js';
import { nsOf } from './time.js';

type Uses = Pick<Domain, 'logs' | 'archive' | 'clock'>;

/** What is read of a node. */
type Selection = Omit<LogOptions, 'position'>;

/** Where the reading of a node begins. */
export interface NodeStart {
  /** Behind what the caller has already; undefined when that is nothing. */
  readonly position: LogPosition | undefined;
  /** Uid of the pod of which `tail` and `sinceMs` have still to be applied; undefined when its log had not begun by then. */
  readonly begun: string | undefined;
  /** Whether another stream is taken up, which has seen to the logs that were kept when it began. */
  readonly resumed: boolean;
}

/** Reads the pods of a node, each once, from a position on. */
export class NodeLog {
  readonly #domain: Uses;
  readonly #record: TaskRecord;
  readonly #node: number;
  readonly #selection: Selection;
  /** Pods whose logs had begun when this was asked for. `tail` and `sinceMs` are about them: of a later one everything is new. */
  readonly #begun = new Set<string>();
  /** Whether it is known which kept logs are among them. */
  #surveyed: boolean;
  readonly #read = new Set<string>();
  #position: LogPosition | undefined;

  constructor(domain: Uses, record: TaskRecord, node: number, selection: Selection, start: NodeStart) {
    this.#domain = domain;
    this.#record = record;
    this.#node = node;
    const { follow, tail, sinceMs } = selection;
    this.#selection = { follow, tail, sinceMs };
    this.#position = start.position;
    this.#surveyed = start.resumed;
    if (start.begun !== undefined) this.#begun.add(start.begun);
  }

  /** Time of the line that was read last; undefined when none was, now or before. */
  get lastNs(): bigint | undefined {
    return this.#position === undefined || isBeforeLines(this.#position) ? undefined : this.#position.timeNs;
  }

  /** Whether any pod was read: that of the position, if there is one. */
  get any(): boolean {
    return this.#read.size > 0 && !this.#isLeftBehind;
  }

  /** Whether this pod was read. */
  has(pod: string): boolean {
    return this.#read.has(pod);
  }

  /**
   * What is left of the pod that another stream had begun to read, where that is not the one that is there: the pods of an attempt
   * that has ended stay in the cluster while the next one runs. Of one that is kept it is read with those.
   */
  async *left(
    present: string | undefined,
    sight: Pick<Sight, 'podOf'>,
    signal: AbortSignal,
  ): AsyncGenerator<LogEvent, void, undefined> {
    const known = this.#position?.pod;
    if (known === undefined || known === present || (await this.#isKept(known))) return;
    const pod = await sight.podOf(known);
    if (pod) yield* this.pod(pod, signal);
  }

  /**
   * Pods whose logs are kept, but for one that is there: from the one of the position on, oldest first. Without one that is there,
   * waits for what is just being kept.
   */
  async *kept(present: string | undefined, signal: AbortSignal): AsyncGenerator<LogEvent, void, undefined> {
    if (present === undefined) await this.#domain.archive.settled(this.#record, this.#node, signal);
    if (present !== undefined && this.#position?.pod === present) return;
    const pods = await this.#domain.archive.pods(this.#record, this.#node);
    if (!this.#surveyed) for (const pod of pods) this.#begun.add(pod);
    this.#surveyed = true;
    const known = this.#position;
    const first = known === undefined ? 0 : pods.indexOf(known.pod);
    for (const pod of pods.slice(Math.max(0, first))) {
      if (pod === present || this.#read.has(pod)) continue;
      // Nothing says which of these ran before one that is not among them, but that they wrote before it did.
      const position = first < 0 && known ? beforeLines(pod, known.timeNs) : undefined;
      yield* this.#fromArchive(pod, position);
    }
  }

  /** A pod that is there. It may go while it is read: what was kept of it is read then. */
  async *pod(pod: PodIdentity, signal: AbortSignal): AsyncGenerator<LogEvent, void, undefined> {
    yield* this.#leave(pod.uid);
    if (await this.#isKept(pod.uid)) {
      yield* this.#fromArchive(pod.uid);
      return;
    }
    this.#read.add(pod.uid);
    let end: LogEvent | undefined;
    const options = this.#options(pod.uid);
    yield* this.#startOf(pod.uid, options);
    for await (const event of await this.#fromCluster(pod, options, signal)) {
      if (event.kind === 'lines') this.#position = event.position;
      // Behind a gap without an end nothing comes any more.
      if (event.kind === 'gap' && event.beforeNs === undefined) end = event;
      else yield event;
    }
    if (!end) return;
    await this.#domain.archive.settled(this.#record, this.#node, signal);
    if (await this.#isKept(pod.uid)) yield* this.#fromArchive(pod.uid);
    else yield end;
  }

  async #fromCluster(pod: PodIdentity, options: LogOptions, signal: AbortSignal): Promise<AsyncIterable<LogEvent>> {
    const { logs, archive, clock } = this.#domain;
    const beganNs = await archive.beginning(this.#record, this.#node, pod.uid);
    const events = logs.read(pod, options, signal);
    return beganNs !== undefined && fromBeginning(options, beganNs, clock.now())
      ? beginningAt(beganNs, events)
      : events;
  }

  async #isKept(pod: string): Promise<boolean> {
    return (await this.#domain.archive.pods(this.#record, this.#node)).includes(pod);
  }

  async *#fromArchive(pod: string, position?: LogPosition): AsyncGenerator<LogEvent, void, undefined> {
    this.#read.add(pod);
    const own = this.#options(pod);
    const options = position ? { ...own, position } : own;
    yield* this.#startOf(pod, options);
    for await (const event of this.#domain.archive.read(this.#record, this.#node, pod, options)) {
      yield* this.#leave(pod);
      if (event.kind === 'lines') this.#position = event.position;
      yield event;
    }
  }

  /** Whether another stream had begun to read a pod that was not found again. */
  get #isLeftBehind(): boolean {
    return this.#position !== undefined && !this.#read.has(this.#position.pod);
  }

  /** Goes on to a pod: where that is another one than was read before, what is left of that one cannot be had any more. */
  *#leave(pod: string): Generator<LogEvent, void, undefined> {
    if (this.#position === undefined || this.#position.pod === pod || !this.#isLeftBehind) return;
    this.#read.add(this.#position.pod);
    yield goneGap(this.lastNs);
  }

  /**
   * Where what is asked for begins, when that is a time. Whoever takes this up before a line came begins there too: what was written
   * meanwhile is wanted, however much it is and however long ago.
   */
  *#startOf(pod: string, { tail, sinceMs, position }: LogOptions): Generator<LogEvent, void, undefined> {
    if (position !== undefined) return;
    if (tail === 0 || (tail === undefined && sinceMs !== undefined)) {
      const fromMs = this.#domain.clock.now() - (tail === 0 ? 0 : (sinceMs ?? 0));
      this.#position = beforeLines(pod, nsOf(fromMs));
      yield { kind: 'lines', pieces: [], position: this.#position };
    } else if (this.#position !== undefined && !this.#begun.has(pod)) {
      // Of the pod before everything was told, or that lines are missing. Whoever takes this up need not look for it: it may be gone.
      yield { kind: 'lines', pieces: [], position: beforeLines(pod, this.#position.timeNs + 1n) };
    }
  }

  #options(pod: string): LogOptions {
    const position = this.#position?.pod === pod ? this.#position : undefined;
    const { follow, tail, sinceMs } = this.#selection;
    return this.#begun.has(pod)
      ? { follow, tail, sinceMs, position }
      : { follow, tail: undefined, sinceMs: undefined, position };
  }
}
