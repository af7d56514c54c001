import { kindOf } from '../kinds/registry.js';
import type { Schema } from '../kinds/schema.js';
import { type Resource, apiVersionOf, resources } from '../store/resources.js';
import type { Answer, ApiRequest } from './request.js';

/**
 * Answers `/openapi/v3` with what "kubectl apply" asks for: that writes take `fieldValidation`. The schemas have the fields
 * that are known here and, for "kubectl explain", where they are described.
 */
export function openApi({ path }: ApiRequest): Answer | undefined {
  const versions = [...new Set([...resources.values()].map(apiVersionOf))];
  const root = (version: string) => (version.includes('/') ? `apis/${version}` : `api/${version}`);
  if (path === '/openapi/v3') {
    const paths = versions.map((version) => [root(version), { serverRelativeURL: `/openapi/v3/${root(version)}` }]);
    return { code: 200, body: { paths: Object.fromEntries(paths) } };
  }
  const version = versions.find((candidate) => path === `/openapi/v3/${root(candidate)}`);
  if (version === undefined) return undefined;
  const served = [...resources.values()].filter((resource) => apiVersionOf(resource) === version);
  const info = { title: 'Kubernetes (embedded)', version: '1.36' };
  const paths = Object.fromEntries(served.map((resource) => pathOf(resource, root(version))));
  const schemas = Object.fromEntries(served.map((resource) => [`${version}.${resource.kind}`, schemaOf(resource)]));
  return { code: 200, body: { openapi: '3.0.0', info, paths, components: { schemas } } };
}

function pathOf(resource: Resource, root: string): [string, unknown] {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((parameter) => ({
    name: parameter,
    in: 'query',
    schema: { type: 'string' },
  }));
  const patch = {
    operationId: `patch${resource.kind}`,
    parameters,
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': identityOf(resource),
  };
  return [`/${root}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.name}/{name}`, { patch }];
}

function schemaOf(resource: Resource): unknown {
  const identity = { 'x-kubernetes-group-version-kind': [identityOf(resource)] };
  return { ...typeOf(kindOf(resource.name).fields), ...identity };
}

const description =
  'The embedded cluster does not explain fields: ask "kubectl explain" of another cluster, or read ' +
  'https://kubernetes.io/docs/reference/kubernetes-api/';
const integers: readonly Schema['type'][] = ['int', 'count'];
const booleans: readonly Schema['type'][] = ['bool', 'flag'];
const open: readonly Schema['type'][] = ['any', 'ignored', 'refused'];

function typeOf(schema: Schema): Record<string, unknown> {
  const { type } = schema;
  if (type === 'object') {
    const properties = Object.entries(schema.fields).map(([name, field]) => [name, typeOf(field)]);
    return { description, type, properties: Object.fromEntries(properties) };
  }
  if (type === 'list') return { type: 'array', items: typeOf(schema.items) };
  if (type === 'map') return { type: 'object', additionalProperties: typeOf(schema.values) };
  if (integers.includes(type)) return { type: 'integer' };
  if (booleans.includes(type)) return { type: 'boolean' };
  return { type: open.includes(type) ? 'object' : 'string' };
}

function identityOf({ group, version, kind }: Resource): unknown {
  return { group, version, kind };
}
