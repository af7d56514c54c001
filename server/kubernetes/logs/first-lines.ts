/** The beginning of the log of a container that runs: when its first line was written. */

import { parseTimeNs } from '../../domain/logs/time.js';
import type { FirstLines } from '../../domain/ports.js';
import { hasCode } from '../api/errors.js';
import type { Paths } from '../paths.js';
import type { KubeClient } from '../api/client.js';

/** The longest time that stands in front of a line is shorter. */
const LIMIT_BYTES = 64;
/** Nobody waits for it, and it is asked for again. */
const TIMEOUT_MS = 5000;

/** Reads the beginnings of logs in one namespace. */
export function createFirstLines(client: KubeClient, paths: Paths): FirstLines {
  return {
    async timeOf(pod, signal) {
      const query = { container: pod.containerName, timestamps: true, limitBytes: LIMIT_BYTES };
      const either = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      try {
        const body = await client.stream({ path: `${paths.pods}/${pod.name}/log`, query, signal: either });
        const [time = ''] = (await body.text()).split(/[ \n]/, 1);
        return parseTimeNs(time);
      } catch (error) {
        // The container waits to start, or is gone.
        if (hasCode(error, 400) || hasCode(error, 404)) return undefined;
        throw error;
      }
    },
  };
}
