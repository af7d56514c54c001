import { setMaxListeners } from 'node:events';
import type { ControllerContext } from './context.js';
import { Dependents } from './dependents.js';
import { startGarbageCollector } from './garbage.js';
import { startJobController } from './job.js';
import { startNamespaceController } from './namespace.js';
import { startQuotaController } from './quota.js';
import { startScheduler } from './scheduler.js';
import { startVolumeController } from './volume.js';

/** Starts everything that keeps objects in step with each other: Jobs, scheduling, volumes, namespaces and garbage. */
export function startControllers({ store, events, signal }: Omit<ControllerContext, 'dependents'>): void {
  // Each controller and each of its queues listens for the end.
  setMaxListeners(64, signal);
  // The first to hear of a write: what the others ask of it is up to date.
  const context: ControllerContext = { store, events, signal, dependents: new Dependents(store, signal) };
  startGarbageCollector(context);
  startNamespaceController(context);
  startQuotaController(context);
  startVolumeController(context);
  startScheduler(context);
  startJobController(context);
}
