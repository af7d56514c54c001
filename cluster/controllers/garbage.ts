import { deleteObject } from '../store/deletion.js';
import type { KubeObject, OwnerReference } from '../store/object.js';
import { resourceOfKind, resources } from '../store/resources.js';
import { isGone } from '../store/status-error.js';
import type { StoreEvent } from '../store/store.js';
import type { ControllerContext } from './context.js';
import { WorkQueue } from './queue.js';

const orphanFinalizer = 'orphan';
const foregroundFinalizer = 'foregroundDeletion';

/**
 * Removes objects whose owners are gone, and does for owners that are being deleted what was asked for: `orphan`
 * frees the dependents first, `foregroundDeletion` waits until those that block are gone. Runs until the signal fires.
 */
export function startGarbageCollector(context: ControllerContext): void {
  const { store, signal } = context;
  const collector = new Collector(context);
  const names = [...resources.keys()].filter((name) => name !== 'events');
  const unsubscribe = store.subscribe(names, (event) => collector.onEvent(event));
  signal.addEventListener('abort', unsubscribe, { once: true });
  for (const resource of names) {
    for (const object of store.list(resource)) {
      collector.onEvent({ type: 'ADDED', resource, object, resourceVersion: store.revision });
    }
  }
}

interface Place {
  resource: string;
  namespace: string | undefined;
  name: string;
}

class Collector {
  readonly #context: ControllerContext;
  readonly #queue: WorkQueue;
  /** By the uid of the owner: where its dependents are. */
  readonly #dependents = new Map<string, Map<string, Place>>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#queue = new WorkQueue('garbage collector', (key) => this.#look(key), context.signal);
  }

  onEvent({ type, resource, object, previous }: StoreEvent): void {
    const { uid, deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
    const key = placeKey({ resource, namespace: object.metadata.namespace, name: object.metadata.name });
    for (const owner of [...ownerReferences, ...(previous?.metadata.ownerReferences ?? [])]) {
      this.#index(owner.uid, key, type !== 'DELETED' && ownerReferences.some((current) => current.uid === owner.uid));
    }
    if (type === 'DELETED') {
      for (const dependent of this.#dependents.get(uid)?.keys() ?? []) this.#queue.add(dependent);
      // An owner that waits for this one may be free now.
      for (const owner of ownerReferences) this.#wakeOwner(object, owner);
      return;
    }
    const waits = deletionTimestamp !== undefined && finalizers.some(isPolicy);
    const known = previous?.metadata.ownerReferences ?? [];
    const isOwnedAnew = ownerReferences.some((owner) => !known.some((before) => before.uid === owner.uid));
    if (waits || isOwnedAnew) this.#queue.add(key);
  }

  #index(ownerUid: string, key: string, present: boolean): void {
    const known = this.#dependents.get(ownerUid);
    if (present) {
      const places = known ?? new Map<string, Place>();
      places.set(key, parsePlace(key));
      this.#dependents.set(ownerUid, places);
      return;
    }
    known?.delete(key);
    if (known?.size === 0) this.#dependents.delete(ownerUid);
  }

  #wakeOwner(dependent: KubeObject, owner: OwnerReference): void {
    const found = this.#owner(dependent, owner);
    if (found !== undefined) this.#queue.add(placeKey(found));
  }

  /** Where the owner is; undefined when it does not exist (any more). */
  #owner({ metadata }: KubeObject, owner: OwnerReference): Place | undefined {
    const resource = resourceOfKind(owner.apiVersion, owner.kind);
    if (resource === undefined) return undefined;
    const place = {
      resource: resource.name,
      namespace: resource.namespaced ? metadata.namespace : undefined,
      name: owner.name,
    };
    return this.#get(place)?.metadata.uid === owner.uid ? place : undefined;
  }

  #get({ resource, namespace, name }: Place): KubeObject | undefined {
    return this.#context.store.get(resource, namespace, name);
  }

  async #look(key: string): Promise<void> {
    const place = parsePlace(key);
    const object = this.#get(place);
    if (object === undefined) return;
    const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
    if (deletionTimestamp !== undefined) {
      if (finalizers.includes(orphanFinalizer)) await this.#orphan(place, object);
      else if (finalizers.includes(foregroundFinalizer)) await this.#foreground(place, object);
      return;
    }
    if (ownerReferences.length === 0) return;
    const gone = ownerReferences.filter((owner) => !this.#holds(object, owner));
    if (gone.length === ownerReferences.length) await this.#delete(place, object, 'Background');
    else for (const { uid } of gone) await this.#disown(place, uid);
  }

  /** Whether the owner is there to stay. Kinds that are not served cannot be looked for, so their objects are taken to be. */
  #holds(object: KubeObject, owner: OwnerReference): boolean {
    if (resourceOfKind(owner.apiVersion, owner.kind) === undefined) return true;
    const place = this.#owner(object, owner);
    const { deletionTimestamp, finalizers = [] } = (place && this.#get(place)?.metadata) ?? {};
    return place !== undefined && !(deletionTimestamp !== undefined && finalizers.includes(foregroundFinalizer));
  }

  async #orphan(place: Place, owner: KubeObject): Promise<void> {
    const { uid } = owner.metadata;
    for (const dependent of this.#dependentsOf(uid)) {
      await this.#disown(dependent, uid);
    }
    await this.#finalize(place, uid, orphanFinalizer);
  }

  async #foreground(place: Place, owner: KubeObject): Promise<void> {
    const { uid } = owner.metadata;
    let blocked = false;
    for (const dependent of this.#dependentsOf(uid)) {
      const object = this.#get(dependent);
      if (object === undefined) continue;
      if (object.metadata.ownerReferences?.some((other) => this.#holds(object, other)) === true) {
        await this.#disown(dependent, uid);
        continue;
      }
      blocked ||=
        object.metadata.ownerReferences?.some(
          (reference) => reference.uid === uid && reference.blockOwnerDeletion === true,
        ) === true;
      if (object.metadata.deletionTimestamp === undefined) await this.#delete(dependent, object, 'Foreground');
    }
    if (!blocked) await this.#finalize(place, uid, foregroundFinalizer);
  }

  async #disown(place: Place, uid: string): Promise<void> {
    await this.#update(place, (draft) => {
      const rest = (draft.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
      if (rest.length > 0) draft.metadata.ownerReferences = rest;
      else delete draft.metadata.ownerReferences;
    });
  }

  #dependentsOf(uid: string): Place[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  async #delete(
    { resource, namespace, name }: Place,
    { metadata: { uid } }: KubeObject,
    propagationPolicy: 'Background' | 'Foreground',
  ): Promise<void> {
    try {
      await deleteObject(this.#context.store, resource, namespace, name, { propagationPolicy, preconditions: { uid } });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #finalize(place: Place, uid: string, finalizer: string): Promise<void> {
    await this.#update(place, (draft) => {
      if (draft.metadata.uid !== uid) return;
      draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter((entry) => entry !== finalizer);
      if (draft.metadata.finalizers.length === 0) delete draft.metadata.finalizers;
    });
  }

  async #update({ resource, namespace, name }: Place, change: (draft: KubeObject) => void): Promise<void> {
    try {
      await this.#context.store.update(resource, namespace, name, change);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

function placeKey({ resource, namespace, name }: Place): string {
  return `${resource}/${namespace ?? ''}/${name}`;
}

function parsePlace(key: string): Place {
  const [resource = '', namespace = '', ...name] = key.split('/');
  return { resource, namespace: namespace === '' ? undefined : namespace, name: name.join('/') };
}

function isPolicy(finalizer: string): boolean {
  return finalizer === orphanFinalizer || finalizer === foregroundFinalizer;
}
