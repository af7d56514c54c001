const NOTHING = Buffer.alloc(0);

/** Bytes that came before somebody wanted them. */
export class Ahead {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** How many there are. */
  get length(): number {
    return this.#bytes;
  }

  /** Puts some behind those that are there. */
  keep(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
  }

  /** All of them, in one piece; afterwards there are none. */
  takeAll(): Buffer {
    const [first = NOTHING, ...others] = this.#chunks;
    const all = others.length === 0 ? first : Buffer.concat([first, ...others]);
    this.drop();
    return all;
  }

  /** Throws them away. */
  drop(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }
}
