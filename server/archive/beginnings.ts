/**
 * Notes when the logs of pods begin, as soon as there is a first line. Who reads a log of which the first file was rotated away, the
 * keeper of logs too, can then be told.
 */

import type { FirstLines } from '../domain/ports.js';
import type { PodView } from '../domain/task.js';
import type { Pause } from '../pause.js';
import type { Archive, TaskKey } from './archive.js';

/** A log is looked at first so long after its container was seen running, then, as long as it is empty, less and less often. */
const FIRST_MS = 1000;
const GROWTH = 2;
const MAX_MS = 300_000;
const TICK_MS = 100;
/** So many logs are looked at in a tick at most: there may be thousands, which must not take the attention of anything else. */
const A_TICK = 2;
/** How many logs are looked at at a time: one slow answer must not hold up the others. */
const AT_A_TIME = 8;
/** After so many looks in a row that no node answered, ticks are twice as far apart, and so on up to so many times. */
const UNANSWERED = 16;
const MAX_TICKS_APART = 32;

/** What this uses of the world. */
interface Uses {
  readonly archive: Archive;
  readonly firstLines: FirstLines;
  readonly wait: Pause;
}

/** A log that is to be looked at. */
interface Due {
  readonly task: TaskKey;
  readonly pod: PodView;
  readonly runs: () => boolean;
  readonly waitMs: number;
  readonly atMs: number;
}

/** Looks at the logs of pods that run. */
export class Beginnings {
  readonly #uses: Uses;
  readonly #signal: AbortSignal;
  /** Logs that were not looked at yet, which come first, and those that were empty. */
  readonly #fresh = new Set<Due>();
  readonly #empty = new Set<Due>();
  #passedMs = 0;
  #ticking = false;
  #looking = 0;
  /** Looks in a row that no node answered. */
  #unanswered = 0;

  constructor(uses: Uses, signal: AbortSignal) {
    this.#uses = uses;
    this.#signal = signal;
  }

  /** Notes when the log of this pod begins; gives up when it does not run any more. */
  watch(task: TaskKey, pod: PodView, runs: () => boolean): void {
    this.#fresh.add({ task, pod, runs, waitMs: FIRST_MS, atMs: this.#passedMs + FIRST_MS });
    void this.#tick();
  }

  async #tick(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    // One wait for all of them: what so many would wait for at a time takes longer the more they are.
    while (this.#fresh.size + this.#empty.size > 0 && (await this.#pass())) {
      let room = Math.min(A_TICK, AT_A_TIME - this.#looking);
      for (const queue of [this.#fresh, this.#empty]) {
        for (const due of queue) {
          if (room <= 0) break;
          if (due.atMs > this.#passedMs) continue;
          queue.delete(due);
          room -= 1;
          void this.#take(due);
        }
      }
    }
    this.#ticking = false;
  }

  async #pass(): Promise<boolean> {
    const ms = TICK_MS * Math.min(MAX_TICKS_APART, 2 ** Math.floor(this.#unanswered / UNANSWERED));
    const goesOn = await this.#uses.wait(ms, this.#signal);
    this.#passedMs += ms;
    return goesOn;
  }

  async #take(due: Due): Promise<void> {
    this.#looking += 1;
    const over = !due.runs() || (await this.#look(due).catch(() => false));
    this.#looking -= 1;
    if (over) return;
    const waitMs = Math.min(MAX_MS, due.waitMs * GROWTH);
    this.#empty.add({ ...due, waitMs, atMs: this.#passedMs + waitMs });
    void this.#tick();
  }

  async #look({ task, pod }: Due): Promise<boolean> {
    const { archive, firstLines } = this.#uses;
    // This server before its restart may have been earlier, or another one.
    if ((await archive.beginning(task, pod.index, pod.uid)) !== undefined) return true;
    this.#unanswered += 1;
    const timeNs = await firstLines.timeOf(pod, this.#signal);
    this.#unanswered = 0;
    if (timeNs === undefined) return false;
    await archive.noteBeginning(task, pod, timeNs);
    return true;
  }
}
