import { changeKnown, deleteKnown } from '../store/as-known.js';
import { type KubeObject, type OwnerReference, removeFinalizer } from '../store/object.js';
import { resourceOf, resourceOfKind } from '../store/resources.js';
import type { StoreEvent } from '../store/store.js';
import type { ControllerContext } from './context.js';
import { ownable } from './dependents.js';
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
  store.subscribe(ownable, (event) => collector.onEvent(event), signal);
  for (const resource of ownable) {
    for (const object of store.list(resource)) collector.onEvent({ type: 'ADDED', object });
  }
}

class Collector {
  readonly #context: ControllerContext;
  readonly #queue: WorkQueue;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#queue = new WorkQueue('garbage collector', (key) => this.#look(key), context.signal);
  }

  onEvent({ type, object, previous }: Pick<StoreEvent, 'type' | 'object' | 'previous'>): void {
    const { uid, deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
    if (type === 'DELETED') {
      for (const dependent of this.#context.dependents.of(uid)) this.#add(dependent);
      // An owner that waits for this one may be free now.
      for (const owner of ownerReferences) this.#add(this.#ownerOf(object, owner));
      return;
    }
    const waits = deletionTimestamp !== undefined && finalizers.some(isPolicy);
    const known = previous?.metadata.ownerReferences ?? [];
    const isOwnedAnew = ownerReferences.some((owner) => !known.some((before) => before.uid === owner.uid));
    if (waits || isOwnedAnew) this.#add(object);
  }

  #add(object: KubeObject | undefined): void {
    if (object === undefined) return;
    const { namespace = '', name } = object.metadata;
    this.#queue.add([resourceOf(object), namespace, name].join('/'));
  }

  #look(key: string): void {
    const [resource = '', namespace, name = ''] = key.split('/');
    const object = this.#context.store.get(resource, namespace, name);
    if (object === undefined) return;
    const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
    if (deletionTimestamp !== undefined) {
      if (finalizers.includes(orphanFinalizer)) this.#orphan(object);
      else if (finalizers.includes(foregroundFinalizer)) this.#foreground(object);
      return;
    }
    if (ownerReferences.length === 0) return;
    const gone = ownerReferences.filter((owner) => !this.#holds(object, owner));
    if (gone.length < ownerReferences.length) for (const { uid } of gone) this.#disown(object, uid);
    else deleteKnown(this.#context.store, object, { propagationPolicy: 'Background' });
  }

  /** The owner; undefined when it does not exist (any more). */
  #ownerOf({ metadata }: KubeObject, owner: OwnerReference): KubeObject | undefined {
    const resource = resourceOfKind(owner.apiVersion, owner.kind);
    if (resource === undefined) return undefined;
    const namespace = resource.namespaced ? metadata.namespace : undefined;
    const found = this.#context.store.get(resource.name, namespace, owner.name);
    return found?.metadata.uid === owner.uid ? found : undefined;
  }

  /** Whether the owner is there to stay. Kinds that are not served cannot be looked for, so their objects are taken to be. */
  #holds(object: KubeObject, owner: OwnerReference): boolean {
    if (resourceOfKind(owner.apiVersion, owner.kind) === undefined) return true;
    const found = this.#ownerOf(object, owner)?.metadata;
    if (found === undefined) return false;
    return found.deletionTimestamp === undefined || !found.finalizers?.includes(foregroundFinalizer);
  }

  #orphan(owner: KubeObject): void {
    const { uid } = owner.metadata;
    for (const dependent of this.#context.dependents.of(uid)) this.#disown(dependent, uid);
    this.#finalize(owner, orphanFinalizer);
  }

  #foreground(owner: KubeObject): void {
    const { uid } = owner.metadata;
    let blocked = false;
    for (const dependent of this.#context.dependents.of(uid)) {
      const { ownerReferences = [], deletionTimestamp } = dependent.metadata;
      if (ownerReferences.some((other) => this.#holds(dependent, other))) {
        this.#disown(dependent, uid);
        continue;
      }
      blocked ||= ownerReferences.some((reference) => reference.uid === uid && reference.blockOwnerDeletion === true);
      if (deletionTimestamp !== undefined) continue;
      deleteKnown(this.#context.store, dependent, { propagationPolicy: 'Foreground' });
    }
    if (!blocked) this.#finalize(owner, foregroundFinalizer);
  }

  #disown(dependent: KubeObject, uid: string): void {
    changeKnown(this.#context.store, dependent, ({ metadata }) => {
      const rest = (metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
      if (rest.length > 0) metadata.ownerReferences = rest;
      else delete metadata.ownerReferences;
    });
  }

  #finalize(owner: KubeObject, finalizer: string): void {
    changeKnown(this.#context.store, owner, (draft) => removeFinalizer(draft, finalizer));
  }
}

function isPolicy(finalizer: string): boolean {
  return finalizer === orphanFinalizer || finalizer === foregroundFinalizer;
}
