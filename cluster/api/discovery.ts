import { type Resource, apiVersionOf, resources, servedRoots } from '../store/resources.js';
import type { Answer, ApiRequest } from './request.js';

/** The version this cluster says it has: that of the API it follows, marked as its own. */
const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3+embedded',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: `node${process.version}`,
  compiler: 'node',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

const roots = [...servedRoots.keys()];
/** The core group has no name, and no entry. */
const groups = [...new Set([...resources.values()].map(({ group }) => group))].filter(Boolean).map(groupObject);

const documents: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['/version', version],
  ['/', { paths: ['/api', '/apis', '/version', ...roots] }],
  ['/api', { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }],
  ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups }],
  ...groups.map((group) => [`/apis/${group.name}`, { kind: 'APIGroup', apiVersion: 'v1', ...group }] as const),
  ...roots.map((root) => [root, resourceList(servedRoots.get(root) ?? [])] as const),
]);

/** Answers the paths that say what is served: versions, groups, resources, health; undefined for all other paths. */
export function discover({ path }: ApiRequest): Answer | undefined {
  if (['/healthz', '/livez', '/readyz'].includes(path)) {
    return { code: 200, body: 'ok', contentType: 'text/plain; charset=utf-8' };
  }
  const body = documents.get(path);
  return body === undefined ? undefined : { code: 200, body };
}

function groupObject(name: string) {
  const entry = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [entry], preferredVersion: entry };
}

function resourceList(served: readonly Resource[]): unknown {
  const [{ group }] = served as [Resource];
  return {
    kind: 'APIResourceList',
    ...(group && { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group }),
    resources: served.flatMap(entries),
  };
}

function entries(resource: Resource): unknown[] {
  const { name, namespaced, kind, verbs, shortNames, categories, subresources } = resource;
  const below = Object.entries(subresources).map(([subresource, verbs]) => ({
    name: `${name}/${subresource}`,
    singularName: '',
    namespaced,
    kind,
    verbs,
  }));
  const entry = { name, singularName: kind.toLowerCase(), namespaced, kind, verbs, categories };
  return [{ ...entry, ...(shortNames.length > 0 && { shortNames }) }, ...below];
}
