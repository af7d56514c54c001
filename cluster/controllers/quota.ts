import { namespaceUsage } from '../kinds/quota.js';
import { changeKnown } from '../store/as-known.js';
import { resources } from '../store/resources.js';
import type { Store } from '../store/store.js';
import type { ControllerContext } from './context.js';
import { WorkQueue } from './queue.js';

/** Keeps the status of the quotas up to date, for those who look; what is enforced is counted afresh each time. */
export function startQuotaController({ store, signal }: ControllerContext): void {
  const queue = new WorkQueue('quota controller', (namespace) => sync(store, namespace), signal);
  const watched = [...resources.values()].filter(({ namespaced }) => namespaced).map(({ name }) => name);
  store.subscribe(
    watched,
    ({ object: { metadata } }) => {
      const { namespace = '' } = metadata;
      if (store.list('resourcequotas', namespace).length > 0) queue.add(namespace);
    },
    signal,
  );
}

function sync(store: Store, namespace: string): void {
  for (const quota of store.list('resourcequotas', namespace)) {
    const hard: Record<string, string> = quota.spec.hard ?? {};
    const used = namespaceUsage(store, namespace, Object.keys(hard));
    changeKnown(store, quota, (draft) => void (draft.status = { hard, used }));
  }
}
