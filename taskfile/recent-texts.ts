const MAX_TEXTS = 16;
/** Longer texts are rare, and are read anew. */
const MAX_LENGTH = 16 * 1024;

/** What came of the texts that were read last. It is shared by all who ask, and must not be changed. */
export class RecentTexts<T> {
  readonly #results = new Map<string, T>();

  /** What came of a text that was read before. */
  get(text: string): T | undefined {
    const result = this.#results.get(text);
    if (result !== undefined) this.#keep(text, result);
    return result;
  }

  /** Keeps what came of a text. */
  add(text: string, result: T): void {
    if (text.length > MAX_LENGTH) return;
    this.#keep(text, result);
    if (this.#results.size <= MAX_TEXTS) return;
    for (const oldest of this.#results.keys()) {
      this.#results.delete(oldest);
      return;
    }
  }

  #keep(text: string, result: T): void {
    this.#results.delete(text);
    this.#results.set(text, result);
  }
}
