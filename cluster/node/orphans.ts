import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from './process/proc.js';
import { endStrays } from './process/strays.js';

const waitMs = 5000;

/** Ends the processes that an earlier run of the node has left; resolves with how many, when they are gone (or cannot be ended). */
export async function endOrphans(podsDirectory: string): Promise<number> {
  const pods = new Set(await readdir(podsDirectory).catch(() => []));
  const orphans = await endStrays((container) => pods.has(container.slice(0, container.indexOf('/'))));
  // The kernel takes its time with each that has namespaces.
  for (const deadline = Date.now() + waitMs; orphans.some(isRunning) && Date.now() < deadline; ) await delay(20);
  return orphans.length;
}
