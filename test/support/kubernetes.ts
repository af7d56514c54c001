import type {
  V1APIGroupList,
  V1APIResourceList,
  V1ConfigMap,
  V1Job,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Service,
} from '@kubernetes/client-node';
import { loadClusterConfig } from '../../server/kubernetes/api/credentials.js';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/api/client.js';

/** The kinds that tests look at. */
interface Kinds {
  jobs: V1Job;
  pods: V1Pod;
  configmaps: V1ConfigMap;
  services: V1Service;
  persistentvolumeclaims: V1PersistentVolumeClaim;
}

/** Name of a kind's collection. */
export type Resource = keyof Kinds;

/** The Kubernetes API, as one namespace shows it. */
export interface Kubernetes {
  readonly namespace: string;
  readonly client: KubeClient;
  list<R extends Resource>(resource: R, labelSelector?: string): Promise<Kinds[R][]>;
  get<R extends Resource>(resource: R, name: string): Promise<Kinds[R]>;
  create(resource: Resource | 'resourcequotas' | 'secrets', object: object): Promise<void>;
  /** Merge patch. */
  patch(resource: Resource, name: string, patch: object): Promise<void>;
  /** Deletes an object, and in the background what it owns. */
  remove(resource: Resource | 'resourcequotas', name: string): Promise<void>;
  /** The log of a pod as Kubernetes has it at present. */
  podLog(name: string): Promise<string>;
}

/** A client for the cluster of a kubeconfig. */
export function connect(kubeconfig: string): KubeClient {
  return createKubeClient(loadClusterConfig({ kind: 'kubeconfig', path: kubeconfig, context: undefined }));
}

/** All objects of a namespace, of whatever kind, and where each is: `kind/name`. */
export async function allObjects(
  client: KubeClient,
  namespace: string,
): Promise<readonly { readonly place: string; readonly object: object }[]> {
  const get = async <T>(path: string): Promise<T> => (await client.request<T>({ method: 'GET', path })).body;
  const { groups } = await get<V1APIGroupList>('/apis');
  const versions = [
    '/api/v1',
    ...groups.map(({ versions: [first], preferredVersion = first }) => `/apis/${preferredVersion?.groupVersion}`),
  ];
  const found: { place: string; object: object }[] = [];
  for (const version of versions) {
    const { resources } = await get<V1APIResourceList>(version);
    for (const { name, namespaced, verbs } of resources) {
      if (!namespaced || !verbs.includes('list') || name.includes('/')) continue;
      const { items } = await get<{ items: V1ConfigMap[] }>(`${version}/namespaces/${namespace}/${name}`);
      for (const object of items) found.push({ place: `${name}/${object.metadata?.name}`, object });
    }
  }
  return found;
}

/** Shows one namespace through a client. */
export function inNamespace(client: KubeClient, namespace: string): Kubernetes {
  const pathOf = (resource: string, name?: string): string => {
    const group = resource === 'jobs' ? '/apis/batch/v1' : '/api/v1';
    return `${group}/namespaces/${namespace}/${resource}${name === undefined ? '' : `/${name}`}`;
  };
  return {
    namespace,
    client,
    list: async <R extends Resource>(resource: R, labelSelector?: string) => {
      const query = { labelSelector };
      const { body } = await client.request<{ items: Kinds[R][] }>({ method: 'GET', path: pathOf(resource), query });
      return body.items;
    },
    get: async <R extends Resource>(resource: R, name: string) =>
      (await client.request<Kinds[R]>({ method: 'GET', path: pathOf(resource, name) })).body,
    create: async (resource, object) => {
      await client.request({ method: 'POST', path: pathOf(resource), body: object });
    },
    patch: async (resource, name, patch) => {
      await client.request({ method: 'PATCH', path: pathOf(resource, name), body: patch });
    },
    remove: async (resource, name) => {
      const body = { propagationPolicy: 'Background' };
      await client.request({ method: 'DELETE', path: pathOf(resource, name), body });
    },
    podLog: async (name) => {
      const chunks: Buffer[] = [];
      for await (const chunk of await client.stream({ path: `${pathOf('pods', name)}/log` })) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    },
  };
}
