import { type Resource, apiVersionOf, resources } from '../store/resources.js';
import type { Answer, ApiRequest } from './request.js';

/**
 * Answers `/openapi/v3` with what "kubectl apply" asks for: that writes take `fieldValidation`. The schemas only tell
 * "kubectl explain" that nothing is explained here.
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

const description =
  'The embedded cluster does not explain fields: ask "kubectl explain" of another cluster, or read ' +
  'https://kubernetes.io/docs/reference/kubernetes-api/';

function schemaOf(resource: Resource): unknown {
  return { description, type: 'object', 'x-kubernetes-group-version-kind': [identityOf(resource)] };
}

function identityOf({ group, kind }: Resource): unknown {
  return { group, version: 'v1', kind };
}
