import { createObject } from '../../../../cluster/kinds/create.js';
import type { KubeObject } from '../../../../cluster/store/object.js';
import type { Store, StoreEvent } from '../../../../cluster/store/store.js';

// biome-ignore lint/suspicious/noExplicitAny: specs are as loose as in KubeObject
type Fields = Record<string, any>;

/** A Job that runs the command once, in the namespace `team`. */
function jobObject(name: string, command: string[], { spec = {}, pod = {}, container = {} }: Fields = {}) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'team' },
    spec: {
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      ...spec,
      template: {
        metadata: { labels: { task: name } },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 1,
          ...pod,
          containers: [
            { name: 'main', image: 'plain', command, terminationMessagePolicy: 'FallbackToLogsOnError', ...container },
          ],
        },
      },
    },
  };
}

/** Creates such a Job as a client would. */
export function createJob(store: Store, name: string, command: string[], fields: Fields = {}): KubeObject {
  return createObject(store, 'jobs', jobObject(name, command, fields));
}

/** Creates a claim of the default class in the namespace `team`. */
export function createClaim(store: Store, name: string, spec: Fields = {}): KubeObject {
  return createObject(store, 'persistentvolumeclaims', {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'team' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  });
}

/** The pod that was made for the Job of that name, if there is one. */
export function podOf(store: Store, jobName: string): KubeObject | undefined {
  return store.list('pods', 'team').find(({ metadata }) => metadata.labels?.['job-name'] === jobName);
}

/** Resolves as soon as the condition holds, looked at now and after every write to the resource. */
export function until<T>(
  store: Store,
  resources: string[],
  condition: (event?: StoreEvent) => T | undefined,
): Promise<T> {
  return new Promise((resolve) => {
    const found = condition();
    if (found !== undefined) return resolve(found);
    const unsubscribe = store.subscribe(resources, (event) => {
      const value = condition(event);
      if (value === undefined) return;
      unsubscribe();
      resolve(value);
    });
  });
}

/** The Job once it is complete, failed or suspended. */
export function settled(store: Store, name: string): Promise<KubeObject> {
  return until(store, ['jobs'], () => {
    const job = store.get('jobs', 'team', name);
    const over = (job?.status?.conditions ?? []).some(
      ({ type, status }: { type: string; status: string }) =>
        status === 'True' && ['Complete', 'Failed', 'Suspended'].includes(type),
    );
    return over ? job : undefined;
  });
}

/** A status update that a test makes in the node's place. */
export function setPodStatus(store: Store, pod: KubeObject, status: Fields): void {
  store.update(pod, (draft) => {
    draft.status = { ...draft.status, ...status };
  });
}
