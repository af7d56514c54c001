/**
 * Notes when the logs of pods begin, as soon as there is a first line. Who reads a log of which the first file was rotated away, the
 * keeper of logs too, can then be told.
 */

import type { FirstLines } from '../domain/ports.js';
import type { PodView } from '../domain/task.js';
import type { Archive, TaskKey } from './archive.js';

/** A log is looked at first so long after its container was seen running, then, as long as it is empty, less and less often. */
const FIRST_MS = 1000;
const GROWTH = 2;
const MAX_MS = 300_000;
/** How many logs are looked at at a time. */
const AT_A_TIME = 8;

/** What this uses of the world. */
interface Uses {
  readonly archive: Archive;
  readonly firstLines: FirstLines;
  /** Passes time; false when the signal was aborted meanwhile. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<boolean>;
}

/** Looks at the logs of pods that run. */
export class Beginnings {
  readonly #uses: Uses;
  readonly #signal: AbortSignal;
  /** The last look of each lane. None of them rejects. */
  readonly #lanes: Promise<unknown>[] = Array.from({ length: AT_A_TIME }, () => Promise.resolve());
  #next = 0;

  constructor(uses: Uses, signal: AbortSignal) {
    this.#uses = uses;
    this.#signal = signal;
  }

  /** Notes when the log of this pod begins; gives up when it does not run any more. Never rejects. */
  async watch(task: TaskKey, pod: PodView, runs: () => boolean): Promise<void> {
    for (let ms = FIRST_MS; await this.#uses.wait(ms, this.#signal); ms = Math.min(MAX_MS, ms * GROWTH)) {
      if (!runs() || (await this.#inTurn(() => this.#look(task, pod).catch(() => false)))) return;
    }
  }

  async #look(task: TaskKey, pod: PodView): Promise<boolean> {
    const { archive, firstLines } = this.#uses;
    // This server before its restart may have been earlier, or another one.
    if ((await archive.beginning(task, pod.index, pod.uid)) !== undefined) return true;
    const timeNs = await firstLines.timeOf(pod, this.#signal);
    if (timeNs === undefined) return false;
    await archive.noteBeginning(task, pod, timeNs);
    return true;
  }

  #inTurn(look: () => Promise<boolean>): Promise<boolean> {
    const lane = this.#next;
    this.#next = (lane + 1) % AT_A_TIME;
    const turn = Promise.resolve(this.#lanes[lane]).then(look);
    this.#lanes[lane] = turn;
    return turn;
  }
}
