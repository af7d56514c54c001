import { deleteKnown } from '../store/as-known.js';
import { resources } from '../store/resources.js';
import type { Store } from '../store/store.js';
import type { ControllerContext } from './context.js';
import { WorkQueue } from './queue.js';

/** They go when everything else is gone: events are still recorded while pods end. */
const last = 'events';
const contents = [...resources.values()].flatMap(({ name, namespaced }) => (namespaced && name !== last ? name : []));

/** Empties namespaces that are being deleted and then lets them go. Runs until the signal fires. */
export function startNamespaceController({ store, signal }: Pick<ControllerContext, 'store' | 'signal'>): void {
  const queue = new WorkQueue('namespace controller', (name) => sync(store, name), signal);
  store.subscribe(
    ['namespaces', ...contents],
    ({ resource, type, object: { metadata } }) => {
      if (resource === 'namespaces') queue.add(metadata.name);
      else if (type === 'DELETED') queue.add(metadata.namespace ?? '');
    },
    signal,
  );
  for (const { metadata } of store.list('namespaces')) queue.add(metadata.name);
}

function sync(store: Store, name: string): void {
  if (store.get('namespaces', undefined, name)?.metadata.deletionTimestamp === undefined) return;
  for (const resource of contents) deleteAll(store, resource, name);
  // What is held is looked at again when it goes.
  if (contents.some((resource) => store.list(resource, name).length > 0)) return;
  deleteAll(store, last, name);
  store.update('namespaces', undefined, name, (draft) => {
    draft.spec.finalizers = [];
  });
}

function deleteAll(store: Store, resource: string, namespace: string): void {
  const present = store.list(resource, namespace).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  for (const object of present) deleteKnown(store, object, { propagationPolicy: 'Background' });
}
