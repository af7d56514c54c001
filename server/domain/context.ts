/** What the use cases work with. Each takes what it uses of this. */

import type { Site } from './placement/resolve.js';
import type {
  Checkup,
  Clock,
  EventSource,
  Ids,
  LastLines,
  LogArchive,
  LogSource,
  PodConnections,
  SubmissionSource,
  TaskLauncher,
  TaskStore,
  VolumeStore,
} from './ports.js';

/**
 * Who waits for an answer. The signal is made when it is looked at, which takes longer than to look a task up in memory: what needs
 * nothing else leaves it alone.
 */
export interface Caller {
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** The world, as the use cases see it. */
export interface Domain {
  readonly store: TaskStore;
  readonly launcher: TaskLauncher;
  readonly submissions: SubmissionSource;
  readonly events: EventSource;
  readonly volumes: VolumeStore;
  readonly logs: LogSource;
  readonly lastLines: LastLines;
  readonly archive: LogArchive;
  readonly checkup: Checkup;
  readonly connections: PodConnections;
  readonly clock: Clock;
  readonly ids: Ids;
  /** What tasks may have of the cluster, and what it has. */
  readonly site: Site;
  /** Namespace of everything. */
  readonly namespace: string;
}
