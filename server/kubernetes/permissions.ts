/** What the server may do in the cluster, asked of the cluster itself. */

import { hasCode } from './errors.js';
import type { KubeClient } from './transport.js';

/** One thing that may be done or not. */
interface Right {
  /** API group; empty for the core. */
  readonly group: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  readonly verb: string;
}

/** The Role in README.md: without one of them tasks do not work. */
const NEEDED: readonly Right[] = [
  ...rights('', 'configmaps', ['create', 'get', 'list', 'watch', 'patch', 'delete']),
  ...rights('batch', 'jobs', ['create', 'get', 'list', 'watch', 'patch', 'delete']),
  ...rights('', 'pods', ['create', 'get', 'list', 'watch', 'patch']),
  ...rights('', 'pods/log', ['get']),
  ...rights('', 'services', ['create', 'get']),
  ...rights('', 'secrets', ['create', 'get']),
  ...rights('', 'persistentvolumeclaims', ['create', 'get', 'list', 'delete']),
  ...rights('', 'events', ['list']),
];

/**
 * What of the Role the server may not do in the namespace, as `create jobs`; `open` where the cluster has no access control that
 * could be asked. Throws a KubernetesError where it cannot be asked.
 */
export async function missingRights(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly string[] | 'open'> {
  try {
    const answers = await Promise.all(NEEDED.map((right) => isAllowed(client, namespace, right, signal)));
    return NEEDED.flatMap(({ verb, resource }, at) => (answers[at] ? [] : [`${verb} ${resource}`]));
  } catch (error) {
    if (hasCode(error, 404)) return 'open';
    throw error;
  }
}

async function isAllowed(
  client: KubeClient,
  namespace: string,
  { group, resource: path, verb }: Right,
  signal: AbortSignal,
): Promise<boolean> {
  const [resource, subresource] = path.split('/');
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace, verb, group, resource, subresource } },
  };
  const answer = await client.request<{ readonly status?: { readonly allowed?: boolean } }>({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body,
    signal,
  });
  return answer.body.status?.allowed === true;
}

function rights(group: string, resource: string, verbs: readonly string[]): Right[] {
  return verbs.map((verb) => ({ group, resource, verb }));
}
