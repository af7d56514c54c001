/** Values by their keys, of which there is mostly one: ten thousand tasks of one node would have ten thousand maps of one entry. */

/** A map that is none as long as it has one entry. */
export class OneOrMore<K, V> {
  #key: K | undefined;
  #value: V | undefined;
  /** All of them, from the second one on. */
  #more: Map<K, V> | undefined;

  get size(): number {
    return this.#more?.size ?? (this.#value === undefined ? 0 : 1);
  }

  get(key: K): V | undefined {
    if (this.#more) return this.#more.get(key);
    return this.#key === key ? this.#value : undefined;
  }

  set(key: K, value: V): void {
    if (this.#more) this.#more.set(key, value);
    else if (this.#key === undefined || this.#value === undefined || this.#key === key) {
      this.#key = key;
      this.#value = value;
    } else {
      this.#more = new Map([
        [this.#key, this.#value],
        [key, value],
      ]);
      this.#key = undefined;
      this.#value = undefined;
    }
  }

  /** Whether it was there. */
  delete(key: K): boolean {
    if (this.#more) return this.#more.delete(key);
    if (this.#value === undefined || this.#key !== key) return false;
    this.#key = undefined;
    this.#value = undefined;
    return true;
  }

  /** All values, in the order in which their keys came. */
  values(): V[] {
    if (this.#more) return [...this.#more.values()];
    return this.#value === undefined ? [] : [this.#value];
  }
}
