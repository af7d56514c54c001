import { deleteObject } from '../store/deletion.js';
import { resources } from '../store/resources.js';
import type { Store } from '../store/store.js';
import type { ControllerContext } from './context.js';
import { runController } from './controller.js';

/** They go when everything else is gone: events are still recorded while pods end. */
const last = 'events';
const contents = [...resources.values()].flatMap(({ name, namespaced }) => (namespaced && name !== last ? name : []));

/** Empties namespaces that are being deleted and then lets them go. Runs until the signal fires. */
export function startNamespaceController(context: Pick<ControllerContext, 'store' | 'signal'>): void {
  runController(context, {
    name: 'namespace controller',
    resources: ['namespaces', ...contents],
    keysOf: ({ resource, type, object: { metadata } }) => {
      if (resource === 'namespaces') return [metadata.name];
      return type === 'DELETED' ? [metadata.namespace ?? ''] : [];
    },
    sync: (name) => sync(context.store, name),
  });
}

function sync(store: Store, name: string): void {
  const namespace = store.get('namespaces', undefined, name);
  if (namespace?.metadata.deletionTimestamp === undefined) return;
  for (const resource of contents) deleteAll(store, resource, name);
  // What is held is looked at again when it goes.
  if (contents.some((resource) => store.list(resource, name).length > 0)) return;
  deleteAll(store, last, name);
  store.update(namespace, (draft) => {
    draft.spec.finalizers = [];
  });
}

function deleteAll(store: Store, resource: string, namespace: string): void {
  const present = store.list(resource, namespace).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  for (const object of present) deleteObject(store, object, { propagationPolicy: 'Background' });
}
