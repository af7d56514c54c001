import type { Journal } from './journal.js';

/** Makes the journal short again from time to time: a new file with the present state takes its place, while writes go on. */
export class Compaction {
  readonly #journal: Journal;
  readonly #atBytes: number;
  readonly #snapshot: () => Iterable<string>;
  #snapshotLength = 0;
  #rewriting: Promise<void> | undefined;
  #swap: (() => Promise<void>) | undefined;

  /** `snapshot` gives the state of the moment as journal lines, made into text only as they are taken. */
  constructor(journal: Journal, atBytes: number, snapshot: () => Iterable<string>) {
    this.#journal = journal;
    this.#atBytes = atBytes;
    this.#snapshot = snapshot;
  }

  /** Begins to write the new file if the journal has grown large, and does not wait for it. */
  beginIfLarge(): void {
    if (this.#rewriting !== undefined || this.#swap !== undefined) return;
    if (this.#journal.length < Math.max(this.#atBytes, 3 * this.#snapshotLength)) return;
    this.#rewriting = this.#journal
      .rewrite(this.#snapshot())
      .then((swap) => {
        this.#swap = swap;
      })
      .catch((error: unknown) => {
        // Not urgent: the old file goes on. Trying again only after it has grown keeps a full disk from a busy loop.
        this.#snapshotLength = this.#journal.length;
        process.stderr.write(`the store could not be compacted: ${(error as Error).message}\n`);
      })
      .finally(() => {
        this.#rewriting = undefined;
      });
  }

  /** Puts the new file in the journal's place if it is written. Nothing may be appended meanwhile. */
  async swapIfReady(): Promise<void> {
    const swap = this.#swap;
    if (swap === undefined) return;
    this.#swap = undefined;
    try {
      await swap();
    } catch (error) {
      process.stderr.write(`the store could not be compacted: ${(error as Error).message}\n`);
    }
    this.#snapshotLength = this.#journal.length;
  }

  /** What is being written; undefined when nothing is. Never rejects. */
  get rewriting(): Promise<void> | undefined {
    return this.#rewriting;
  }
}
