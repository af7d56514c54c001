import { type Change, type UpdateOptions } from './change.js';
import { type DeleteOptions, deleteObject } from './deletion.js';
import type { KubeObject } from './object.js';
import { resourceOf } from './resources.js';
import { isGone } from './status-error.js';
import type { Store } from './store.js';

/**
 * Changes an object that the caller has seen. Undefined, and nothing is written, when it is gone, another one has its name by
 * now, or `change` says 'skip'.
 */
export async function changeKnown(
  store: Store,
  known: KubeObject,
  change: Change,
  options: UpdateOptions = {},
): Promise<KubeObject | undefined> {
  const { namespace, name, uid } = known.metadata;
  let verdict: ReturnType<Change>;
  const changeSame: Change = (draft) => {
    verdict = draft.metadata.uid === uid ? change(draft) : 'skip';
    return verdict;
  };
  const written = store.update(resourceOf(known), namespace, name, changeSame, options);
  const object = await written.catch(unlessGone);
  return verdict === 'skip' ? undefined : object;
}

/** Deletes an object that the caller has seen. False when it is gone, or another one has its name by now. */
export async function deleteKnown(
  store: Store,
  { apiVersion, kind, metadata: { namespace, name, uid } }: KubeObject,
  options: Omit<DeleteOptions, 'preconditions'>,
): Promise<boolean> {
  const resource = resourceOf({ apiVersion, kind });
  const deleted = deleteObject(store, resource, namespace, name, { ...options, preconditions: { uid } });
  return (await deleted.catch(unlessGone)) !== undefined;
}

function unlessGone(error: unknown): undefined {
  if (!isGone(error)) throw error;
}
