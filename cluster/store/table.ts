import type { KubeObject } from './object.js';

/** The objects of one resource, in the order of their keys (`namespace/name`), which is the order of lists. */
export class Table {
  readonly #objects = new Map<string, KubeObject>();
  readonly #keys: string[] = [];

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  set(key: string, object: KubeObject): void {
    if (!this.#objects.has(key)) this.#keys.splice(this.#position(key), 0, key);
    this.#objects.set(key, object);
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#keys.splice(this.#position(key), 1);
  }

  /** The objects whose key starts with the prefix and comes after `after`. */
  *range(prefix: string, after = ''): Iterable<KubeObject> {
    let index = this.#position(after > prefix ? after : prefix);
    if (after !== '' && this.#keys[index] === after) index += 1;
    for (; index < this.#keys.length; index += 1) {
      const key = this.#keys[index] as string;
      if (!key.startsWith(prefix)) return;
      yield this.#objects.get(key) as KubeObject;
    }
  }

  #position(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] as string) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The key of an object: `namespace/name`, or `/name` when the kind has no namespaces. */
export function keyOf({ namespace = '', name }: { namespace?: string | undefined; name: string }): string {
  return `${namespace}/${name}`;
}

/** The namespace and the name in a key. */
export function splitKey(key: string): [namespace: string | undefined, name: string] {
  const [namespace = '', name = ''] = key.split('/');
  return [namespace || undefined, name];
}
