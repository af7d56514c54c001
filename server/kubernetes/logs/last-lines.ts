/** The end of the log of a container that has ended: a few lines that tell why. */

import type { LastLines, PodIdentity } from '../../domain/ports.js';
import type { Paths } from '../paths.js';
import { remember } from '../remember.js';
import type { KubeClient } from '../api/client.js';

const LINES = 10;
/** What is longer is cut: it is shown among other things. */
const LINE_LENGTH = 200;
const LIMIT_BYTES = 64 * 1024;
/** A status that is asked for does not wait longer for it. */
const TIMEOUT_MS = 3000;

/** Reads the ends of logs in one namespace; what was read is remembered, as it does not change any more. */
export function createLastLines(client: KubeClient, paths: Paths): LastLines {
  const remembered = new Map<string, Promise<readonly string[]>>();
  return {
    linesOf(pod) {
      const known = remembered.get(pod.uid);
      if (known) return known;
      // Shared by all who ask: nobody's going away ends it.
      const lines = readLines(client, paths, pod).catch(() => {
        // Some lines less, not an error: they may be there when somebody asks again.
        remembered.delete(pod.uid);
        return [];
      });
      remember(remembered, pod.uid, lines);
      return lines;
    },
  };
}

async function readLines(client: KubeClient, paths: Paths, pod: PodIdentity): Promise<readonly string[]> {
  const query = { container: pod.containerName, tailLines: LINES, limitBytes: LIMIT_BYTES };
  const path = `${paths.pods}/${pod.name}/log`;
  const body = await client.stream({ path, query, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const lines = (await body.text()).split('\n').map((line) => line.slice(0, LINE_LENGTH));
  return lines.filter((line) => line.trim() !== '');
}
