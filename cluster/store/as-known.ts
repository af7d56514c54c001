import { type DeleteOptions, deleteObject } from './deletion.js';
import type { KubeObject } from './object.js';
import { resourceOf } from './resources.js';
import type { Store } from './store.js';

/** Changes an object that the caller has seen. Undefined when it is gone, or another one has its name by now. */
export function changeKnown(
  store: Store,
  known: KubeObject,
  change: (draft: KubeObject) => void,
): KubeObject | undefined {
  const { namespace, name } = known.metadata;
  return isThere(store, known) ? store.update(resourceOf(known), namespace, name, change) : undefined;
}

/** Deletes an object that the caller has seen. False when it is gone, or another one has its name by now. */
export function deleteKnown(store: Store, known: KubeObject, options: DeleteOptions): boolean {
  const { namespace, name } = known.metadata;
  if (!isThere(store, known)) return false;
  deleteObject(store, resourceOf(known), namespace, name, options);
  return true;
}

function isThere(store: Store, known: KubeObject): boolean {
  const { namespace, name, uid } = known.metadata;
  return store.get(resourceOf(known), namespace, name)?.metadata.uid === uid;
}
