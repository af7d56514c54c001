import { rm } from 'node:fs/promises';
import type { Env } from '../config.js';
import { alone } from './lock.js';
import { localPlace } from './place.js';
import { endProcess } from './process.js';
import { runningCluster, runningServer } from './state.js';

/** Longer than the server takes to let calls finish, and the cluster to end its pods. */
const GRACE_MS = 20_000;

/** Ends the local server, then its cluster with all that runs there. False when neither ran. */
export async function stopLocal(env: Env, signal: AbortSignal): Promise<boolean> {
  const place = localPlace(env);
  return alone(place.folder, signal, async () => {
    // In this order: a server starts its cluster again when that is gone.
    const server = await runningServer(place);
    if (server !== undefined) await endProcess(server, GRACE_MS, signal);
    const cluster = await runningCluster(place);
    if (cluster !== undefined) await endProcess(cluster, GRACE_MS, signal);
    await rm(place.state, { force: true });
    return server !== undefined || cluster !== undefined;
  });
}
