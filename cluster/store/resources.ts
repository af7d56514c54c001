/** One resource of the API: what it is called in paths and in objects. */
export interface Resource {
  /** Plural name, as in the path. */
  readonly name: string;
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly namespaced: boolean;
  /** What may be done with it, in the words of discovery. */
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  /** The verbs of each subresource. */
  readonly subresources: Readonly<Record<string, readonly string[]>>;
  readonly categories?: readonly string[];
}

const objectVerbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const status = { status: ['get', 'patch', 'update'] };

function resource(name: string, kind: string, rest: Partial<Resource> = {}): Resource {
  return {
    name,
    kind,
    group: '',
    namespaced: true,
    verbs: [...objectVerbs, 'deletecollection'].toSorted(),
    shortNames: [],
    subresources: {},
    ...rest,
  };
}

/** Everything that is served, by plural name. */
export const resources: ReadonlyMap<string, Resource> = new Map(
  [
    resource('configmaps', 'ConfigMap', { shortNames: ['cm'] }),
    resource('events', 'Event', { shortNames: ['ev'] }),
    // All namespaces at once cannot be deleted.
    resource('namespaces', 'Namespace', {
      shortNames: ['ns'],
      namespaced: false,
      verbs: objectVerbs,
      subresources: status,
    }),
    // There is the one that is this machine, which clients can change but neither add to nor remove.
    resource('nodes', 'Node', {
      shortNames: ['no'],
      namespaced: false,
      verbs: ['get', 'list', 'patch', 'update', 'watch'],
      subresources: status,
    }),
    resource('persistentvolumeclaims', 'PersistentVolumeClaim', { shortNames: ['pvc'], subresources: status }),
    resource('pods', 'Pod', {
      shortNames: ['po'],
      subresources: { ...status, exec: ['create', 'get'], log: ['get'], portforward: ['create', 'get'] },
      categories: ['all'],
    }),
    resource('resourcequotas', 'ResourceQuota', { shortNames: ['quota'], subresources: status }),
    resource('secrets', 'Secret'),
    resource('services', 'Service', { shortNames: ['svc'], subresources: status, categories: ['all'] }),
    resource('jobs', 'Job', { group: 'batch', subresources: status, categories: ['all'] }),
  ].map((entry) => [entry.name, entry]),
);

/** The resource of that plural name; throws if there is none, which is a mistake in the program. */
export function resourceNamed(name: string): Resource {
  const found = resources.get(name);
  if (found === undefined) throw new Error(`no resource is called ${JSON.stringify(name)}`);
  return found;
}

/** The resource that objects of this apiVersion and kind belong to, if it is served. */
export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  for (const entry of resources.values()) {
    if (entry.kind === kind && apiVersionOf(entry) === apiVersion) return entry;
  }
  return undefined;
}

/** The plural name of the resource that a stored object belongs to. */
export function resourceOf({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  return resourceOfKind(apiVersion, kind)?.name ?? '';
}

/** `v1` or `batch/v1`. */
export function apiVersionOf({ group }: Pick<Resource, 'group'>): string {
  return group === '' ? 'v1' : `${group}/v1`;
}

/** What is served below each group and version, by their paths: `/api/v1`, `/apis/batch/v1`. */
export const servedRoots: ReadonlyMap<string, readonly Resource[]> = new Map(
  [...new Set([...resources.values()].map(rootOf))].map((root) => [
    root,
    [...resources.values()].filter((entry) => rootOf(entry) === root),
  ]),
);

function rootOf(entry: Resource): string {
  return `${entry.group === '' ? '/api' : '/apis'}/${apiVersionOf(entry)}`;
}

/** How messages name a resource: `pods`, `jobs.batch`. */
export function qualifiedName({ name, group }: Pick<Resource, 'name' | 'group'>): string {
  return group === '' ? name : `${name}.${group}`;
}
