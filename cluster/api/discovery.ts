import { type Resource, apiVersionOf, resources } from '../store/resources.js';
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

/** The core group has no name. */
const core = '';
const groups = [...new Set([...resources.values()].map(({ group }) => group))];
const namedGroups = groups.filter((group) => group !== core);

const documents: ReadonlyMap<string, unknown> = new Map([
  ['/version', version],
  ['/', { paths: ['/api', '/api/v1', '/apis', '/apis/batch', '/apis/batch/v1', '/version'] }],
  ['/api', { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }],
  ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: namedGroups.map(groupObject) }],
  ...namedGroups.map((group): [string, unknown] => [
    `/apis/${group}`,
    { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(group) },
  ]),
  ...groups.map(resourceList),
]);

/** Answers the paths that say what is served: versions, groups, resources, health; undefined for all other paths. */
export function discover({ path }: ApiRequest): Answer | undefined {
  if (['/healthz', '/livez', '/readyz'].includes(path)) {
    return { code: 200, body: 'ok', contentType: 'text/plain; charset=utf-8' };
  }
  const body = documents.get(path);
  return body === undefined ? undefined : { code: 200, body };
}

function ofGroup(group: string): Resource[] {
  return [...resources.values()].filter((resource) => resource.group === group);
}

function groupObject(group: string): Record<string, unknown> {
  const entry = { groupVersion: `${group}/v1`, version: 'v1' };
  return { name: group, versions: [entry], preferredVersion: entry };
}

function resourceList(group: string): [path: string, document: unknown] {
  const served = ofGroup(group);
  const groupVersion = apiVersionOf(served[0] as Resource);
  const kind = 'APIResourceList';
  const list = { kind, ...(group && { apiVersion: 'v1' }), groupVersion, resources: served.flatMap(entries) };
  return [`${group === core ? '/api' : '/apis'}/${groupVersion}`, list];
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
