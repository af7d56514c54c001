/** How much is measured. */
export interface Sizes {
  /** Runs of which the median is taken. */
  readonly runs: number;
  /** Submissions of each side by one caller in a run. */
  readonly inTurn: number;
  /** Submissions of each side by many callers in a run, and how long they are begun. */
  readonly atOnce: number;
  readonly atOnceMs: number;
  /** Submissions of each side before anything counts, until the code is compiled and the connections are open; and for so long at most. */
  readonly warmUp: number;
  readonly warmUpMs: number;
  /** Small questions of each side before that, which leave nothing in the cluster, for the same reason. */
  readonly asks: number;
  /** Programs that are started one after the other. */
  readonly starts: number;
  /** Commands of the command line, one after the other. */
  readonly commands: number;
  /** Tasks of a long list. */
  readonly listed: number;
  /** How long requests are sent to one side of a measurement under load, in seconds. */
  readonly loadS: number;
  /** How long a program does nothing before its memory is read, in milliseconds. */
  readonly idleMs: number;
  /** Tasks that a server has to do with, at first and then, where nodes are simulated; elsewhere a tenth of them. */
  readonly fewTasks: number;
  readonly manyTasks: number;
  /** How long tasks change before and while something is counted, in milliseconds. */
  readonly changingMs: number;
  /** Running pods, finished Jobs, and changes of these that are watched, in a full embedded cluster. */
  readonly pods: number;
  readonly jobs: number;
  readonly changes: number;
  /** Lines of a log that is read as a whole. A node of Kubernetes keeps 10 MiB of them in one file. */
  readonly logLines: number;
  /** How long a log that grows is followed, in milliseconds. */
  readonly logMs: number;
  /** Readers of one log that take nothing. */
  readonly readers: number;
  /** How long the deletion of the tasks of a run is waited for, in milliseconds. */
  readonly clearMs: number;
  /** How long the deletion of the namespaces is waited for, in milliseconds. */
  readonly cleanupMs: number;
}

/** Callers of the measurements under load. */
export const CALLERS = 64;

/** For numbers that mean something. */
export const FULL: Sizes = {
  runs: 7,
  inTurn: 120,
  atOnce: 1024,
  atOnceMs: 4000,
  warmUp: 5120,
  warmUpMs: 10_000,
  asks: 5000,
  starts: 7,
  commands: 21,
  listed: 5000,
  loadS: 4,
  idleMs: 10_000,
  fewTasks: 1000,
  manyTasks: 10_000,
  changingMs: 5000,
  pods: 200,
  jobs: 10_000,
  changes: 200,
  logLines: 60_000,
  logMs: 10_000,
  readers: 1000,
  clearMs: 5000,
  cleanupMs: 120_000,
};

/** To see that the measurements work. */
export const QUICK: Sizes = {
  runs: 2,
  inTurn: 5,
  atOnce: 64,
  atOnceMs: 1000,
  warmUp: 64,
  warmUpMs: 1000,
  asks: 100,
  starts: 2,
  commands: 2,
  listed: 50,
  loadS: 1,
  idleMs: 500,
  fewTasks: 2000,
  manyTasks: 4000,
  changingMs: 1000,
  pods: 10,
  jobs: 200,
  changes: 20,
  logLines: 20_000,
  logMs: 2000,
  readers: 50,
  clearMs: 100,
  cleanupMs: 500,
};
