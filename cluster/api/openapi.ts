import { kindOf } from '../kinds/registry.js';
import type { Schema } from '../kinds/schema.js';
import { type Resource, apiVersionOf, resources } from '../store/resources.js';
import type { Answer, ApiRequest } from './request.js';

/**
 * Answers `/openapi/v3` with what kubectl asks for: that writes take `fieldValidation`, without which it does not apply
 * on the client's side, and the fields of the kinds for "kubectl explain" (names and types; they have no descriptions).
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
  const schemas = Object.fromEntries(served.map((resource) => [`${version}.${resource.kind}`, kindSchema(resource)]));
  return { code: 200, body: { openapi: '3.0.0', info, paths, components: { schemas } } };
}

function pathOf({ name, namespaced, group, version, kind }: Resource, root: string): [string, unknown] {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((parameter) => ({
    name: parameter,
    in: 'query',
    schema: { type: 'string' },
  }));
  const patch = {
    operationId: `patch${kind}`,
    parameters,
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
  return [`/${root}/${namespaced ? 'namespaces/{namespace}/' : ''}${name}/{name}`, { patch }];
}

function kindSchema({ name, group, version, kind }: Resource): unknown {
  const gvk = { group, version, kind };
  const description = `What of a ${kind} the embedded cluster knows.`;
  return { description, ...jsonSchema(kindOf(name).fields), 'x-kubernetes-group-version-kind': [gvk] };
}

function jsonSchema(schema: Schema): Record<string, unknown> {
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.fields).map(([field, value]) => [field, jsonSchema(value)]);
      return { type: 'object', properties: Object.fromEntries(properties) };
    }
    case 'map':
      return { type: 'object', additionalProperties: jsonSchema(schema.values) };
    case 'list': {
      const merge = schema.mergeKey === undefined ? {} : { 'x-kubernetes-patch-strategy': 'merge' };
      const key = schema.mergeKey ? { 'x-kubernetes-patch-merge-key': schema.mergeKey } : {};
      return { type: 'array', items: jsonSchema(schema.items), ...merge, ...key };
    }
    case 'text':
      return { type: 'string' };
    case 'int':
    case 'count':
      return { type: 'integer' };
    case 'bool':
    case 'flag':
      return { type: 'boolean' };
    case 'quantity':
    case 'intOrString':
      return { oneOf: [{ type: 'string' }, { type: 'number' }] };
    case 'time':
      return { type: 'string', format: 'date-time' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'any':
      return { type: 'object' };
  }
}
