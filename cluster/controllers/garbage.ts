import { deleteObject } from '../store/deletion.js';
import { type KubeObject, type OwnerReference, removeFinalizer } from '../store/object.js';
import { resourceOf, resourceOfKind } from '../store/resources.js';
import type { StoreEvent } from '../store/store.js';
import type { ControllerContext } from './context.js';
import { runController } from './controller.js';
import { ownable } from './dependents.js';

const orphanFinalizer = 'orphan';
const foregroundFinalizer = 'foregroundDeletion';

/**
 * Removes objects whose owners are gone, and does for owners that are being deleted what was asked for: `orphan`
 * frees the dependents first, `foregroundDeletion` waits until those that block are gone. Runs until the signal fires.
 */
export function startGarbageCollector(context: ControllerContext): void {
  runController(context, {
    name: 'garbage collector',
    resources: ownable,
    keysOf: (event) => concerned(context, event).map(keyOf),
    sync: (key) => {
      const [resource = '', namespace, name = ''] = key.split('/');
      const object = context.store.get(resource, namespace, name);
      if (object !== undefined) collect(context, object);
    },
  });
}

function keyOf(object: KubeObject): string {
  const { namespace = '', name } = object.metadata;
  return [resourceOf(object), namespace, name].join('/');
}

/** What a change gives reason to look at. */
function concerned(context: ControllerContext, { type, object, previous }: StoreEvent): KubeObject[] {
  const { uid, deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
  if (type === 'DELETED') {
    // An owner that waits for this one may be free now.
    const owners = ownerReferences.flatMap((owner) => ownerOf(context, object, owner) ?? []);
    return [...context.dependents.of(uid), ...owners];
  }
  const waits = deletionTimestamp !== undefined && finalizers.some(isPolicy);
  const known = previous?.metadata.ownerReferences ?? [];
  const isOwnedAnew = ownerReferences.some((owner) => !known.some((before) => before.uid === owner.uid));
  return waits || isOwnedAnew ? [object] : [];
}

function collect(context: ControllerContext, object: KubeObject): void {
  const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
  if (deletionTimestamp !== undefined) {
    if (finalizers.includes(orphanFinalizer)) orphan(context, object);
    else if (finalizers.includes(foregroundFinalizer)) foreground(context, object);
    return;
  }
  if (ownerReferences.length === 0) return;
  const gone = ownerReferences.filter((owner) => !holds(context, object, owner));
  if (gone.length < ownerReferences.length) for (const { uid } of gone) disown(context, object, uid);
  else deleteObject(context.store, object, { propagationPolicy: 'Background' });
}

/** The owner; undefined when it does not exist (any more). */
function ownerOf(
  { store }: ControllerContext,
  { metadata }: KubeObject,
  owner: OwnerReference,
): KubeObject | undefined {
  const resource = resourceOfKind(owner.apiVersion, owner.kind);
  if (resource === undefined) return undefined;
  const found = store.get(resource.name, resource.namespaced ? metadata.namespace : undefined, owner.name);
  return found?.metadata.uid === owner.uid ? found : undefined;
}

/** Whether the owner is there to stay. Kinds that are not served cannot be looked for, so their objects are taken to be. */
function holds(context: ControllerContext, object: KubeObject, owner: OwnerReference): boolean {
  if (resourceOfKind(owner.apiVersion, owner.kind) === undefined) return true;
  const found = ownerOf(context, object, owner)?.metadata;
  if (found === undefined) return false;
  return found.deletionTimestamp === undefined || !found.finalizers?.includes(foregroundFinalizer);
}

function orphan(context: ControllerContext, owner: KubeObject): void {
  const { uid } = owner.metadata;
  for (const dependent of context.dependents.of(uid)) disown(context, dependent, uid);
  context.store.update(owner, (draft) => removeFinalizer(draft, orphanFinalizer));
}

function foreground(context: ControllerContext, owner: KubeObject): void {
  const { uid } = owner.metadata;
  let blocked = false;
  for (const dependent of context.dependents.of(uid)) {
    const { ownerReferences = [], deletionTimestamp } = dependent.metadata;
    if (ownerReferences.some((other) => holds(context, dependent, other))) {
      disown(context, dependent, uid);
      continue;
    }
    blocked ||= ownerReferences.some((reference) => reference.uid === uid && reference.blockOwnerDeletion === true);
    if (deletionTimestamp !== undefined) continue;
    deleteObject(context.store, dependent, { propagationPolicy: 'Foreground' });
  }
  if (!blocked) context.store.update(owner, (draft) => removeFinalizer(draft, foregroundFinalizer));
}

function disown({ store }: ControllerContext, dependent: KubeObject, uid: string): void {
  store.update(dependent, ({ metadata }) => {
    const rest = (metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
    if (rest.length > 0) metadata.ownerReferences = rest;
    else delete metadata.ownerReferences;
  });
}

function isPolicy(finalizer: string): boolean {
  return finalizer === orphanFinalizer || finalizer === foregroundFinalizer;
}
