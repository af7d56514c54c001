import { setMaxListeners } from 'node:events';
import { createObject } from '../kinds/create.js';
import type { ControllerContext } from './context.js';
import { Dependents } from './dependents.js';
import { startGarbageCollector } from './garbage.js';
import { startJobController } from './job.js';
import { startNamespaceController } from './namespace.js';
import { startQuotaController } from './quota.js';
import { startScheduler } from './scheduler.js';
import { startVolumeController } from './volume.js';

/** What the controllers are given; how pods are created only by tests that want them refused. */
export type ControllerOptions = Pick<ControllerContext, 'store' | 'events' | 'signal'> &
  Partial<Pick<ControllerContext, 'createPod'>>;

/** Starts everything that keeps objects in step with each other: Jobs, scheduling, volumes, namespaces and garbage. */
export function startControllers({ store, events, signal, ...given }: ControllerOptions): void {
  // Each controller and each of its queues listens for the end.
  setMaxListeners(64, signal);
  // The first to hear of a write: what the others ask of it is up to date.
  const dependents = new Dependents(store, signal);
  const { createPod = (pod) => createObject(store, 'pods', pod) } = given;
  const context: ControllerContext = { store, events, signal, dependents, createPod };
  startGarbageCollector(context);
  startNamespaceController(context);
  startQuotaController(context);
  startVolumeController(context);
  startScheduler(context);
  startJobController(context);
}
