import { finished, type Readable } from 'node:stream';

/** So much is taken at once: what is made of it waits for a reader as a whole, and more is no faster. */
const MAX_TAKEN_BYTES = 32 * 1024;

/**
 * What a stream brings, taken without its own iterator: that one is suspended while its reader is slow, and keeps what it gave last.
 * One reader.
 */
export class Intake {
  readonly #stream: Readable;
  #ended = false;
  #failure: Error | undefined;
  #wake = (): void => {};

  constructor(stream: Readable) {
    this.#stream = stream;
    stream.on('readable', () => this.#wake());
    finished(stream, { writable: false }, (error) => {
      this.#ended = true;
      this.#failure = error ?? undefined;
      this.#wake();
    });
  }

  /** Waits for more; false at the end. Rejects with the reason why there will be no end, whatever had come before it. */
  async more(): Promise<boolean> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      if (!this.#stream.destroyed && this.#stream.readableLength > 0) return true;
      if (this.#ended) return false;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        // Asks for more; the end, too, is noticed by who asks only.
        this.#stream.read(0);
      });
    }
  }

  /** The next bytes of those that have come. */
  take(): Buffer {
    const { readableLength } = this.#stream;
    return (this.#stream.read(Math.min(readableLength, MAX_TAKEN_BYTES)) as Buffer | null) ?? Buffer.alloc(0);
  }
}
