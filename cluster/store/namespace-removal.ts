import { deleteObject } from './deletion.js';
import type { KubeObject } from './object.js';
import { resources } from './resources.js';
import { StatusError } from './status-error.js';
import type { Store } from './store.js';

/** What goes when everything else is gone: events are still recorded while pods end. */
const last = 'events';

/** Empties namespaces that are being deleted and then lets them go. Runs until the signal is aborted. */
export function startNamespaceRemoval(store: Store, signal: AbortSignal): void {
  const namespaced = [...resources.values()].filter((resource) => resource.namespaced).map(({ name }) => name);
  const busy = new Set<string>();

  const empty = async (name: string): Promise<void> => {
    if (signal.aborted || busy.has(name) || !isLeaving(store.get('namespaces', '', name))) return;
    busy.add(name);
    try {
      for (const resource of namespaced) if (resource !== last) await deleteAll(store, resource, name);
      if (namespaced.some((resource) => resource !== last && store.list(resource, name).length > 0)) return;
      await deleteAll(store, last, name);
      await store.update('namespaces', undefined, name, (draft) => {
        draft.spec.finalizers = [];
      });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    } finally {
      busy.delete(name);
    }
    // Something may have gone while this ran.
    if (namespaced.every((resource) => resource === last || store.list(resource, name).length === 0)) await empty(name);
  };

  const stop = store.subscribe(['namespaces', ...namespaced], ({ resource, type, object: { metadata } }) => {
    if (resource === 'namespaces') void empty(metadata.name);
    else if (type === 'DELETED') void empty(metadata.namespace ?? '');
  });
  signal.addEventListener('abort', stop, { once: true });
  for (const { metadata } of store.list('namespaces')) void empty(metadata.name);
}

function isLeaving(namespace: KubeObject | undefined): boolean {
  return namespace?.metadata.deletionTimestamp !== undefined;
}

async function deleteAll(store: Store, resource: string, namespace: string): Promise<void> {
  const present = store.list(resource, namespace).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  await Promise.allSettled(
    present.map(({ metadata }) =>
      deleteObject(store, resource, namespace, metadata.name, { propagationPolicy: 'Background' }),
    ),
  );
}
