import type { KubeObject } from '../store/object.js';
import type { Store } from '../store/store.js';

/** The pods of the cluster by the object that controls them, so that one Job is not looked for among all pods. */
export class PodsByOwner {
  readonly #store: Store;
  readonly #names = new Map<string, Set<string>>();

  constructor(store: Store, signal: AbortSignal) {
    this.#store = store;
    const unsubscribe = store.subscribe(['pods'], ({ type, object, previous }) => {
      if (type === 'DELETED' || previous !== undefined) this.#forget(previous ?? object);
      if (type !== 'DELETED') this.#remember(object);
    });
    signal.addEventListener('abort', unsubscribe, { once: true });
    for (const pod of store.list('pods')) this.#remember(pod);
  }

  /** The current pods of the owner, in the order in which they were made. */
  of({ metadata: { uid, namespace } }: KubeObject): KubeObject[] {
    const names = [...(this.#names.get(uid) ?? [])];
    return names.flatMap((name) => this.#store.get('pods', namespace, name) ?? []);
  }

  #remember(pod: KubeObject): void {
    const owner = ownerUid(pod);
    if (owner === undefined) return;
    const names = this.#names.get(owner) ?? new Set();
    names.add(pod.metadata.name);
    this.#names.set(owner, names);
  }

  #forget(pod: KubeObject): void {
    const owner = ownerUid(pod);
    const names = owner === undefined ? undefined : this.#names.get(owner);
    names?.delete(pod.metadata.name);
    if (owner !== undefined && names?.size === 0) this.#names.delete(owner);
  }
}

function ownerUid({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}
