/** Where a log has been read to, and which pieces of a second reading are new. */

import type { LogPiece, LogPosition } from '../ports.js';

/**
 * What a program writes to stdout and to stderr at the same moment gets its times before it gets its place in the file: a line may
 * stand behind one of a later time, by less than this.
 */
const DISORDER_NS = 250_000_000n;
const SECOND_NS = 1_000_000_000n;

/** Whether no line has been read up to a position: only its time says what is wanted. */
export function isBeforeLines({ count, bytes }: Pick<LogPosition, 'count' | 'bytes'>): boolean {
  return count === 0 && bytes === 0;
}

/** The position of a pod's log from which on lines of this time and later are wanted. */
export function beforeLines(pod: string, timeNs: bigint): LogPosition {
  return { pod, timeNs, count: 0, bytes: 0 };
}

/**
 * The log API goes back to whole seconds only, so that a second reading begins before the place where the first one ended.
 * Lines have times to the nanosecond: those before the first one of the latest time are known, from that one on so many are known
 * as were counted, whatever their times, and of the line behind them so many bytes.
 */
export class Cursor {
  readonly #pod: string;
  #timeNs: bigint | undefined;
  #count = 0;
  #bytes = 0;
  /** While reading again: how many whole lines, and bytes of the next one, of the last time are still to be dropped. */
  #dropLines = 0;
  #dropBytes = 0;
  #again = false;
  /** While reading again: whether the first line of the latest time was met. */
  #met = false;

  constructor(pod: string, position: LogPosition | undefined) {
    this.#pod = pod;
    if (position) this.startAt(position);
  }

  /** What comes behind this is to be taken; to be called before anything was. */
  startAt(position: LogPosition): void {
    this.#timeNs = position.timeNs;
    this.#count = position.count;
    this.#bytes = position.bytes;
  }

  /** The latest time of all pieces that were taken; undefined when none was. */
  get timeNs(): bigint | undefined {
    return this.#isBeforeLines ? undefined : this.#timeNs;
  }

  /** The whole second from which a second reading has everything that was not taken yet; undefined when that is everything. */
  get sinceNs(): bigint | undefined {
    return this.#timeNs === undefined ? undefined : sinceOf(this.#timeNs);
  }

  /** The position behind all that was taken; undefined when nothing was, and everything is wanted. */
  get position(): LogPosition | undefined {
    if (this.#timeNs === undefined) return undefined;
    return { pod: this.#pod, timeNs: this.#timeNs, count: this.#count, bytes: this.#bytes };
  }

  /** Whether the present reading has come to where the one before ended. */
  get caughtUp(): boolean {
    return !this.#again || this.#isBeforeLines || (this.#met && this.#dropLines === 0 && this.#dropBytes === 0);
  }

  /** Begins another reading, from `sinceNs` or earlier. */
  readAgain(): void {
    this.#again = this.#timeNs !== undefined;
    this.#met = false;
    this.#dropLines = this.#count;
    this.#dropBytes = this.#bytes;
  }

  /**
   * Takes a piece. Returns what is new of it, or undefined. `gap` is true when the latest line of the reading before should have
   * come first and did not: what was written in between is gone.
   */
  take(piece: LogPiece): { piece: LogPiece | undefined; gap: boolean } {
    let gap = false;
    let bytes = piece.bytes;
    if (this.#again && this.#timeNs !== undefined) {
      if (!this.#met && piece.timeNs < this.#timeNs) return { piece: undefined, gap };
      this.#met ||= piece.timeNs === this.#timeNs;
      if (!this.#met) {
        gap = !this.#isBeforeLines;
      } else if (this.#dropLines > 0) {
        if (!piece.partial) this.#dropLines -= 1;
        return { piece: undefined, gap };
      } else if (this.#dropBytes > 0) {
        const dropped = Math.min(this.#dropBytes, bytes.length);
        this.#dropBytes -= dropped;
        bytes = bytes.subarray(dropped);
        if (piece.partial && bytes.length === 0) return { piece: undefined, gap };
      }
      this.#again = this.#met && this.#dropBytes > 0;
    }
    this.#advance(piece.timeNs, bytes.length, piece.partial);
    return { piece: bytes === piece.bytes ? piece : { ...piece, bytes }, gap };
  }

  get #isBeforeLines(): boolean {
    return isBeforeLines({ count: this.#count, bytes: this.#bytes });
  }

  #advance(timeNs: bigint, bytes: number, partial: boolean): void {
    // So much earlier is not disorder: the clock of the machine was set back.
    if (this.#timeNs === undefined || timeNs > this.#timeNs || timeNs < sinceOf(this.#timeNs)) {
      this.#timeNs = timeNs;
      this.#count = 0;
      this.#bytes = 0;
    }
    if (partial) this.#bytes += bytes;
    else {
      this.#count += 1;
      this.#bytes = 0;
    }
  }
}

function sinceOf(latestNs: bigint): bigint {
  return ((latestNs - DISORDER_NS) / SECOND_NS) * SECOND_NS;
}
