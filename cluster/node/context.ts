import type { EventRecorder } from '../store/events.js';
import type { Store } from '../store/store.js';
import type { LogStore } from './logs/pod-logs.js';
import type { LimitReport } from './process/find-control-groups.js';
import type { IsolationReport } from './process/isolation.js';

/** What the pods of a node have in common. */
export interface NodeContext {
  store: Store;
  events: EventRecorder;
  logs: LogStore;
  isolation: IsolationReport;
  /** How cpu and memory are limited, or why they are not. */
  limits: LimitReport;
  dataDir: string;
  /** Directory with one directory a pod, named by uid. */
  podsDirectory: string;
}

/** The folder of the data directory with a directory for each pod, named by uid. */
export const podsFolder = 'pods';

/** The name of the only node. */
export const nodeName = 'embedded';
