import { type Resource, apiVersionOf, resources } from '../store/resources.js';
import type { Answer, ApiRequest } from './request.js';

/**
 * Answers `/openapi/v3` with what kubectl needs to apply on the client's side: for every kind, that writes take
 * `fieldValidation`. There are no schemas, so "kubectl explain" has nothing to say.
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
  return { code: 200, body: { openapi: '3.0.0', info, paths } };
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
