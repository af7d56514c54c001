/** Exit codes of the command line. A task's own code takes their place where a command ends with a task's result. */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** Wrong usage or bad input, for example a task file with errors. */
  usage: 2,
  stopped: 122,
  notFound: 123,
  /** The task, or the answer to a call. */
  timedOut: 124,
  /** The connection was lost for good, or a log is not complete: the task's result is not known from here. */
  incomplete: 125,
  /** Ctrl+C. */
  interrupted: 130,
  /** Nobody reads the output any more, as in `| head`: what shells say of a program that SIGPIPE ended. */
  outputClosed: 141,
} as const;

/** Which exit codes tell how a task ended: its own, or those of SkyPilot. */
export type ResultCodes = 'task' | 'sky';

/** Exit codes of `sky jobs logs`, for scripts that know those. */
export const SKY_EXIT = {
  ok: 0,
  failed: 100,
  notFinished: 101,
  notFound: 102,
  cancelled: 103,
} as const;

/** The same for people: each code with its meaning. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'success; submit, logs and wait: the task completed'],
  ['N', "submit, logs and wait: exit code of the task's first failed node; exec: that of the program"],
  ['1', 'any other failure'],
  ['2', 'wrong usage or bad input'],
  ['122', 'the task was stopped'],
  ['123', 'not found'],
  ['124', 'the task, or the server, took longer than it may'],
  ['125', 'connection lost, or the log is not complete'],
  ['126', 'exec: the program cannot be run'],
  ['127', 'exec: there is no such program'],
  ['130', 'Ctrl+C'],
  ['141', 'the reader of the output has gone, as with | head'],
];
