import { namespaceUsage } from '../kinds/quota.js';
import { resources } from '../store/resources.js';
import type { Store } from '../store/store.js';
import type { ControllerContext } from './context.js';
import { runController } from './controller.js';

/** Keeps the status of the quotas up to date, for those who look; what is enforced is counted afresh each time. */
export function startQuotaController(context: ControllerContext): void {
  const { store } = context;
  runController(context, {
    name: 'quota controller',
    resources: [...resources.values()].filter(({ namespaced }) => namespaced).map(({ name }) => name),
    keysOf: ({ object: { metadata } }) => {
      const { namespace = '' } = metadata;
      return store.list('resourcequotas', namespace).length > 0 ? [namespace] : [];
    },
    sync: (namespace) => sync(store, namespace),
  });
}

function sync(store: Store, namespace: string): void {
  for (const quota of store.list('resourcequotas', namespace)) {
    const hard: Record<string, string> = quota.spec.hard ?? {};
    const used = namespaceUsage(store, namespace, Object.keys(hard));
    store.update(quota, (draft) => void (draft.status = { hard, used }));
  }
}
