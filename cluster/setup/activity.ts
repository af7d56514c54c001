import type { Server } from 'node:https';
import { type KubeObject, isFinished, isOver } from '../store/object.js';
import type { Store } from '../store/store.js';
import { Timer } from '../timer.js';

/** Whether anybody uses the cluster. */
export interface Activity {
  /** Resolves after there was neither a connection nor unfinished work for that long; or when the signal is aborted. */
  idleFor(seconds: number, signal: AbortSignal): Promise<void>;
}

const checkEveryMs = 500;

/** Watches the connections of the server and the unfinished pods and Jobs of the store. */
export function watchActivity(server: Server, store: Store): Activity {
  let connections = 0;
  let lastUsed = Date.now();
  server.on('connection', (socket) => {
    connections += 1;
    socket.once('close', () => {
      connections -= 1;
      lastUsed = Date.now();
    });
  });

  const isBusy = (): boolean =>
    connections > 0 || !store.list('pods').every(isOver) || store.list('jobs').some(isUnfinishedJob);

  return {
    idleFor: async (seconds, signal) => {
      while (!signal.aborted) {
        if (isBusy()) lastUsed = Date.now();
        else if (Date.now() - lastUsed >= seconds * 1000) return;
        await Timer.wait(checkEveryMs, signal);
      }
    },
  };
}

/** A suspended Job does nothing until somebody connects and says so. */
function isUnfinishedJob(job: KubeObject): boolean {
  return !isFinished(job) && job.spec.suspend !== true;
}
