/** What the server may do in the cluster, asked of the cluster itself. */

import { hasCode } from '../api/errors.js';
import type { KubeClient } from '../api/client.js';

/** One thing that may be done or not. */
interface Right {
  /** API group; empty for the core. */
  readonly group: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  readonly verb: string;
}

/** Those of the Role in README.md without which tasks do not work. */
const NEEDED: readonly Right[] = [
  ...rights('', 'configmaps', ['create', 'get', 'list', 'watch', 'patch', 'delete']),
  ...rights('batch', 'jobs', ['create', 'get', 'list', 'watch', 'patch', 'delete']),
  ...rights('', 'pods', ['create', 'get', 'list', 'watch', 'patch', 'delete']),
  ...rights('', 'pods/log', ['get']),
  ...rights('', 'services', ['create', 'get']),
  ...rights('', 'secrets', ['create', 'get']),
  ...rights('', 'persistentvolumeclaims', ['create', 'get', 'list', 'delete']),
  ...rights('', 'events', ['list']),
];

/** Those of the Role without which only `jobs exec` and `jobs port-forward` do not work. */
const STREAMS: readonly Right[] = [
  ...rights('', 'pods/exec', ['get', 'create']),
  ...rights('', 'pods/portforward', ['get', 'create']),
];

/** What of the Role the server may not do in the namespace, each as `create jobs`. */
export interface MissingRights {
  /** Without them tasks do not work. */
  readonly needed: readonly string[];
  /** Without them nobody can look into tasks that run. */
  readonly streams: readonly string[];
}

/**
 * Asks the cluster what of the Role is missing; `open` where it has no access control that could be asked. Throws a KubernetesError
 * where it cannot be asked.
 */
export async function missingRights(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<MissingRights | 'open'> {
  const missing = async (wanted: readonly Right[]): Promise<string[]> => {
    const answers = await Promise.all(wanted.map((right) => isAllowed(client, namespace, right, signal)));
    return wanted.flatMap(({ verb, resource }, at) => (answers[at] ? [] : [`${verb} ${resource}`]));
  };
  try {
    const [needed, streams] = await Promise.all([missing(NEEDED), missing(STREAMS)]);
    return { needed, streams };
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
