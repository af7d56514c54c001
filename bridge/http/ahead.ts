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
    const chunks = this.#chunks;
    this.drop();
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  }

  /** Throws them away. */
  drop(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }
}
