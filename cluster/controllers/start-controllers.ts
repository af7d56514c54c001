import { setMaxListeners } from 'node:events';
import { kindOf } from '../kinds/registry.js';
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
  /** Creates a pod with all that the API does to one (quotas, say); without it, only defaults are filled in. */
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
    createPod: createPod ?? ((pod) => createWithDefaults(store, pod)),
  };
  startGarbageCollector(context);
  startVolumeController(context);
  startScheduler(context);
  startJobController(context);
}

function createWithDefaults(store: Store, pod: NewObject): Promise<KubeObject> {
  const draft = structuredClone(pod) as KubeObject;
  const kind = kindOf('pods');
  kind.setDefaults?.(draft);
  kind.prepareCreate?.(draft);
  draft.metadata.generation = 1;
  return store.create('pods', draft);
}
