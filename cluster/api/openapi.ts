import { type Resource, apiVersionOf, servedRoots } from '../store/resources.js';
import type { Answer, ApiRequest } from './request.js';

const prefix = '/openapi/v3';

/**
 * Answers `/openapi/v3` with what "kubectl apply" asks for: that writes take `fieldValidation`. The schemas only tell
 * "kubectl explain" that nothing is explained here.
 */
export function openApi({ path }: ApiRequest): Answer | undefined {
  if (path === prefix) {
    const paths = [...servedRoots.keys()].map((root) => [root.slice(1), { serverRelativeURL: prefix + root }]);
    return { code: 200, body: { paths: Object.fromEntries(paths) } };
  }
  const root = path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : '';
  const served = servedRoots.get(root);
  if (served === undefined) return undefined;
  const info = { title: 'Kubernetes (embedded)', version: '1.36' };
  const paths = Object.fromEntries(served.map((resource) => [pathOf(resource, root), { patch: patchOf(resource) }]));
  const schemas = Object.fromEntries(served.map((resource) => [nameOf(resource), schemaOf(resource)]));
  return { code: 200, body: { openapi: '3.0.0', info, paths, components: { schemas } } };
}

function pathOf({ name, namespaced }: Resource, root: string): string {
  return `${root}/${namespaced ? 'namespaces/{namespace}/' : ''}${name}/{name}`;
}

function nameOf(resource: Resource): string {
  return `${apiVersionOf(resource)}.${resource.kind}`;
}

function patchOf(resource: Resource): unknown {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((parameter) => ({
    name: parameter,
    in: 'query',
    schema: { type: 'string' },
  }));
  return {
    operationId: `patch${resource.kind}`,
    parameters,
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': identityOf(resource),
  };
}

const description =
  'The embedded cluster does not explain fields: ask "kubectl explain" of another cluster, or read ' +
  'https://kubernetes.io/docs/reference/kubernetes-api/';

function schemaOf(resource: Resource): unknown {
  return { description, type: 'object', 'x-kubernetes-group-version-kind': [identityOf(resource)] };
}

function identityOf({ group, kind }: Resource): unknown {
  return { group, version: 'v1', kind };
}
