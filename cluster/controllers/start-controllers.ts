import { setMaxListeners } from 'node:events';
import { createObject } from '../kinds/create.js';
import type { EventRecorder } from '../store/events.js';
import type { KubeObject, NewObject } from '../store/object.js';
import type { Store } from '../store/store.js';
import type { ControllerContext } from './context.js';
import { startGarbageCollector } from './garbage.js';
import { startJobController } from './job.js';
import { startScheduler } from './scheduler.js';
import { startVolumeController } from './volume.js';

/** What the controllers are given. */
export interface ControllerOptions {
  store: Store;
  events: EventRecorder;
  /** Ends all of them. */
  signal: AbortSignal;
  /** Creates a pod as the API does, with defaults and quotas; given by tests that want it refused. */
  createPod?: (pod: NewObject) => Promise<KubeObject>;
}

/** Starts everything that keeps objects in step with each other: Jobs, scheduling, volumes and garbage. */
export function startControllers({ store, events, signal, createPod }: ControllerOptions): void {
  // Each controller and each of its queues listens for the end.
  setMaxListeners(64, signal);
  const context: ControllerContext = {
    store,
    events,
    signal,
    createPod: createPod ?? ((pod) => createObject(store, 'pods', pod)),
  };
  startGarbageCollector(context);
  startVolumeController(context);
  startScheduler(context);
  startJobController(context);
}
