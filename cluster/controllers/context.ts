import type { EventRecorder } from '../store/events.js';
import type { KubeObject, NewObject } from '../store/object.js';
import type { Store } from '../store/store.js';
import type { Dependents } from './dependents.js';

/** What every controller works with. */
export interface ControllerContext {
  store: Store;
  events: EventRecorder;
  dependents: Dependents;
  /** Ends the controller. */
  signal: AbortSignal;
  /** Creates a pod as the API would: with defaults, and refused (StatusError) when a quota says so. */
  createPod: (pod: NewObject) => KubeObject;
}
