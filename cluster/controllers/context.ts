import type { EventRecorder } from '../store/events.js';
import type { Store } from '../store/store.js';
import type { Dependents } from './dependents.js';

/** What every controller works with. */
export interface ControllerContext {
  store: Store;
  events: EventRecorder;
  dependents: Dependents;
  /** Ends the controller. */
  signal: AbortSignal;
}
