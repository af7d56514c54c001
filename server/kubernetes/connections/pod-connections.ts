/** Programs and ports of pods, through the API server's own streams. */

import { TaskError } from '../../domain/errors.js';
import type { PodConnections, PodIdentity } from '../../domain/ports.js';
import type { ClusterConfig } from '../api/credentials.js';
import { hasCode, type KubernetesError } from '../api/errors.js';
import type { Paths } from '../paths.js';
import { EXEC_PROTOCOLS, execConnection, execQuery } from './exec.js';
import { connectionFailure, podGone, saysGone } from './failure.js';
import { FORWARD_PROTOCOLS, forwardConnection } from './forward.js';
import { type KubeSocket, openSocket } from './web-socket.js';

/** Connections into the pods of a namespace. */
export function createPodConnections(config: ClusterConfig, paths: Paths): PodConnections {
  async function open(
    pod: PodIdentity,
    what: 'exec' | 'portforward',
    query: URLSearchParams,
    protocols: readonly string[],
    signal: AbortSignal,
  ): Promise<KubeSocket> {
    const path = `${paths.pods}/${pod.name}/${what}`;
    try {
      return await openSocket(config, { path, query, protocols, signal });
    } catch (error) {
      if (hasCode(error, 404) || (hasCode(error, 500) && saysGone(error.message))) throw podGone(error);
      if (hasCode(error, 403)) throw forbidden(error, what);
      throw connectionFailure(error, `connecting to pod ${pod.name}`);
    }
  }

  return {
    exec: async (pod, request, signal) =>
      execConnection(await open(pod, 'exec', execQuery(pod.containerName, request), EXEC_PROTOCOLS, signal), request),
    forward: async (pod, port, signal) => {
      const query = new URLSearchParams({ ports: String(port) });
      return forwardConnection(await open(pod, 'portforward', query, FORWARD_PROTOCOLS, signal), port);
    },
  };
}

/** What Kubernetes says of this often ends where the reason should be. */
function forbidden(error: KubernetesError, what: string): TaskError {
  const text = `the cluster refused while connecting to a pod: ${error.message.replace(/[: ]+$/, '')}`;
  return new TaskError('CLUSTER_FORBIDDEN', `${text}; the server's role needs get and create on pods/${what}`, {
    cause: error,
  });
}
