import type { KubeObject } from '../store/object.js';
import { resources } from '../store/resources.js';
import type { Store } from '../store/store.js';

/** The resources whose objects may own others, or belong to them. */
export const ownable: readonly string[] = [...resources.keys()].filter((name) => name !== 'events');

/** The objects of the cluster by their owners, so that what belongs to one is not looked for among all. */
export class Dependents {
  /** By the uid of the owner, then by their own. */
  readonly #objects = new Map<string, Map<string, KubeObject>>();

  constructor(store: Store, signal: AbortSignal) {
    for (const resource of ownable) for (const object of store.list(resource)) this.#add(object);
    store.subscribe(
      ownable,
      ({ type, object, previous = object }) => {
        this.#remove(previous, type === 'DELETED' ? undefined : object);
        if (type !== 'DELETED') this.#add(object);
      },
      signal,
    );
  }

  /** The current objects that name the owner, in the order in which they were made. */
  of(ownerUid: string): KubeObject[] {
    return [...(this.#objects.get(ownerUid)?.values() ?? [])];
  }

  #add(object: KubeObject): void {
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const dependents = this.#objects.get(uid) ?? new Map<string, KubeObject>();
      this.#objects.set(uid, dependents.set(object.metadata.uid, object));
    }
  }

  /** Takes an object from the owners that it does not have any more. */
  #remove({ metadata }: KubeObject, now: KubeObject | undefined): void {
    for (const { uid } of metadata.ownerReferences ?? []) {
      if (now?.metadata.ownerReferences?.some((owner) => owner.uid === uid)) continue;
      const dependents = this.#objects.get(uid);
      dependents?.delete(metadata.uid);
      if (dependents?.size === 0) this.#objects.delete(uid);
    }
  }
}
