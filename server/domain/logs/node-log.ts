/** One node's log from where it is: of a pod that is there from the cluster, of one that is gone from the archive. */

import type { Domain } from '../context.js';
import type { LogEvent, LogPosition, PodIdentity } from '../ports.js';
import type { TaskRecord } from '../task.js';
import { beginningAt, fromBeginning } from './beginning.js';

type Uses = Pick<Domain, 'logs' | 'archive' | 'clock'>;

/** What is read of a node. */
interface Selection {
  readonly follow: boolean;
  readonly tail: number | undefined;
  readonly sinceMs: number | undefined;
}

/** Reads the pods of a node, each once, from a position on. */
export class NodeLog {
  readonly #domain: Uses;
  readonly #record: TaskRecord;
  readonly #node: number;
  readonly #selection: Selection;
  readonly #read = new Set<string>();
  #position: LogPosition | undefined;

  constructor(domain: Uses, record: TaskRecord, node: number, selection: Selection, start: LogPosition | undefined) {
    this.#domain = domain;
    this.#record = record;
    this.#node = node;
    const { follow, tail, sinceMs } = selection;
    this.#selection = { follow, tail, sinceMs };
    this.#position = start;
  }

  /** Behind what was read last; undefined when nothing was, now or before. */
  get position(): LogPosition | undefined {
    return this.#position;
  }

  /** Whether any pod was read. */
  get any(): boolean {
    return this.#read.size > 0;
  }

  /** Whether this pod was read. */
  has(pod: string): boolean {
    return this.#read.has(pod);
  }

  /**
   * Pods whose logs are kept, but for one that is there: from the one of the position on, oldest first. Without one that is there,
   * waits for what is just being kept.
   */
  async *kept(present: string | undefined, signal: AbortSignal): AsyncGenerator<LogEvent, void, undefined> {
    if (present === undefined) await this.#domain.archive.settled(this.#record, this.#node, signal);
    if (present !== undefined && this.#position?.pod === present) return;
    const pods = await this.#domain.archive.pods(this.#record, this.#node);
    const first = this.#position === undefined ? 0 : Math.max(0, pods.indexOf(this.#position.pod));
    for (const pod of pods.slice(first)) {
      if (pod !== present && !this.#read.has(pod)) yield* this.#fromArchive(pod);
    }
  }

  /** A pod that is there. It may go while it is read: what was kept of it is read then. */
  async *pod(pod: PodIdentity, signal: AbortSignal): AsyncGenerator<LogEvent, void, undefined> {
    if (await this.#isKept(pod.uid)) {
      yield* this.#fromArchive(pod.uid);
      return;
    }
    this.#read.add(pod.uid);
    let end: LogEvent | undefined;
    for await (const event of await this.#fromCluster(pod, signal)) {
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

  async #fromCluster(pod: PodIdentity, signal: AbortSignal): Promise<AsyncIterable<LogEvent>> {
    const { logs, archive, clock } = this.#domain;
    const options = this.#options(pod.uid);
    const beganNs = await archive.beginning(this.#record, this.#node, pod.uid);
    const events = logs.read(pod, options, signal);
    return beganNs !== undefined && fromBeginning(options, beganNs, clock.now())
      ? beginningAt(beganNs, events)
      : events;
  }

  async #isKept(pod: string): Promise<boolean> {
    return (await this.#domain.archive.pods(this.#record, this.#node)).includes(pod);
  }

  async *#fromArchive(pod: string): AsyncGenerator<LogEvent, void, undefined> {
    this.#read.add(pod);
    for await (const event of this.#domain.archive.read(this.#record, this.#node, pod, this.#options(pod))) {
      if (event.kind === 'lines') this.#position = event.position;
      yield event;
    }
  }

  #options(pod: string): Selection & { readonly position: LogPosition | undefined } {
    return { ...this.#selection, position: this.#position?.pod === pod ? this.#position : undefined };
  }
}
