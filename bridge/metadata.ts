/**
 * gRPC metadata without gRPC: lower-case keys, each with an ordered list of values.
 * Keys that end in `-bin` hold bytes, all others printable ASCII.
 */
export type MetadataValue = string | Uint8Array;

/** An ordered multi-map of metadata; keys are compared in lower case. */
export class Metadata {
  readonly #values = new Map<string, MetadataValue[]>();

  /** Metadata of these pairs; a list gives one entry a value. */
  static of(pairs: Readonly<Record<string, MetadataValue | readonly MetadataValue[]>>): Metadata {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(pairs)) {
      for (const one of typeof value === 'string' || value instanceof Uint8Array ? [value] : value) {
        metadata.append(key, one);
      }
    }
    return metadata;
  }

  /** Adds a value behind those that the key has. */
  append(key: string, value: MetadataValue): void {
    const name = key.toLowerCase();
    const values = this.#values.get(name);
    if (values) values.push(value);
    else this.#values.set(name, [value]);
  }

  /** Replaces all values of the key. */
  set(key: string, value: MetadataValue): void {
    this.#values.set(key.toLowerCase(), [value]);
  }

  /** First text value of the key, undefined when there is none. */
  get(key: string): string | undefined {
    return this.#values.get(key.toLowerCase())?.find((value) => typeof value === 'string');
  }

  /** All values of the key, in order. */
  getAll(key: string): readonly MetadataValue[] {
    return this.#values.get(key.toLowerCase()) ?? [];
  }

  /** Forgets the key. */
  delete(key: string): void {
    this.#values.delete(key.toLowerCase());
  }

  /** Whether there is no value at all. */
  get empty(): boolean {
    return this.#values.size === 0;
  }

  /** Every key with one of its values, in order of first use. */
  *[Symbol.iterator](): IterableIterator<[string, MetadataValue]> {
    for (const [key, values] of this.#values) for (const value of values) yield [key, value];
  }
}
