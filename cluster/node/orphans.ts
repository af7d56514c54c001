import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { podsFolder } from './context.js';
import { isRunning } from './process/proc.js';
import { endStrays } from './process/strays.js';

const waitMs = 5000;

/**
 * Ends the processes that an earlier run of the node has left; resolves with how many, when they are gone (or cannot be ended). To be
 * done before a node is started in this directory.
 */
export async function endOrphans(dataDir: string): Promise<number> {
  const pods = new Set(await readdir(join(dataDir, podsFolder)).catch(() => []));
  const orphans = await endStrays((container) => pods.has(container.slice(0, container.indexOf('/'))));
  // The kernel takes its time with each that has namespaces.
  for (const deadline = Date.now() + waitMs; orphans.some(isRunning) && Date.now() < deadline; ) await delay(20);
  if (orphans.length > 0) console.error(`ended ${orphans.length} process(es) that an earlier run had left behind`);
  return orphans.length;
}
