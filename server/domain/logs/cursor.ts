/** Where a log has been read to, and which pieces of a second reading are new. */

import type { LogPiece, LogPosition } from '../ports.js';

/**
 * The log API goes back to whole seconds only, so that a second reading begins before the place where the first one ended.
 * Lines have times to the nanosecond: those before the last one are known, of those with the same time so many are known as
 * were counted, and of the line behind them so many bytes.
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
  /** While reading again: whether the last known line was met. */
  #met = false;

  constructor(pod: string, position: LogPosition | undefined) {
    this.#pod = pod;
    if (!position) return;
    this.#timeNs = position.timeNs;
    this.#count = position.count;
    this.#bytes = position.bytes;
  }

  /** Time of the last piece that was taken; undefined when none was. */
  get timeNs(): bigint | undefined {
    return this.#timeNs;
  }

  /** The position behind all that was taken; undefined when nothing was. */
  get position(): LogPosition | undefined {
    if (this.#timeNs === undefined) return undefined;
    return { pod: this.#pod, timeNs: this.#timeNs, count: this.#count, bytes: this.#bytes };
  }

  /** Whether the present reading has come to where the one before ended. */
  get caughtUp(): boolean {
    return !this.#again || (this.#met && this.#dropLines === 0 && this.#dropBytes === 0);
  }

  /** Begins another reading, from the second of the last piece or earlier. */
  readAgain(): void {
    this.#again = this.#timeNs !== undefined;
    this.#met = false;
    this.#dropLines = this.#count;
    this.#dropBytes = this.#bytes;
  }

  /**
   * Takes a piece. Returns what is new of it, or undefined. `gap` is true when the last line of the reading before should have
   * come first and did not: what was written in between is gone.
   */
  take(piece: LogPiece): { piece: LogPiece | undefined; gap: boolean } {
    let gap = false;
    let bytes = piece.bytes;
    if (this.#again && this.#timeNs !== undefined) {
      if (piece.timeNs < this.#timeNs) return { piece: undefined, gap };
      if (piece.timeNs === this.#timeNs) {
        this.#met = true;
        if (this.#dropLines > 0) {
          if (!piece.partial) this.#dropLines -= 1;
          return { piece: undefined, gap };
        }
        if (this.#dropBytes > 0) {
          const dropped = Math.min(this.#dropBytes, bytes.length);
          this.#dropBytes -= dropped;
          bytes = bytes.subarray(dropped);
          if (piece.partial && bytes.length === 0) return { piece: undefined, gap };
        }
      } else {
        gap = !this.#met;
      }
      this.#again = piece.timeNs === this.#timeNs && (this.#dropLines > 0 || this.#dropBytes > 0);
    }
    this.#advance(piece.timeNs, bytes.length, piece.partial);
    return { piece: bytes === piece.bytes ? piece : { ...piece, bytes }, gap };
  }

  #advance(timeNs: bigint, bytes: number, partial: boolean): void {
    if (timeNs !== this.#timeNs) {
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
