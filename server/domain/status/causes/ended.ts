import { type Cause, FOREIGN_PROGRAM } from './cause.js';

const PROGRAM = ['Error', 'SetupFailed'];

/** What pip says, first and last, where packages are the distribution's. What is between is long, and cut. */
const NO_PIP = /externally-managed-environment|\bPEP 668\b/;
const USE_VENV =
  'pip leaves this Python to its distribution: make a virtual environment in setup (python3 -m venv /tmp/venv; /tmp/venv/bin/pip install …), ' +
  'and call /tmp/venv/bin/python in run; or use an image that is made for Python';

/** How a node that has started can end badly. */
export const ENDED: readonly Cause[] = [
  // The program ended.
  {
    category: 'OutOfMemory',
    reasons: ['OOMKilled'],
    fix: 'raise resources.memory, or have the program use less',
    retryable: false,
  },
  {
    category: 'OutOfMemory',
    reasons: ['Evicted'],
    message: /low on resource: memory|memory-backed/i,
    fix: 'set resources.memory to what the program needs, so that it gets a machine with as much',
    retryable: true,
  },
  {
    category: 'DiskFull',
    reasons: ['Evicted'],
    message: /ephemeral|low on resource: (?:nodefs|imagefs|inodes)|DiskPressure|exceeds the limit/i,
    fix: 'write less to the disk of the container: put large files on a volume',
    retryable: true,
  },
  {
    category: 'Evicted',
    reasons: ['Evicted', 'TerminationByKubelet', 'EvictionByEvictionAPI', 'PreemptionByScheduler', 'Preempting'],
    fix: 'submit the task again',
    retryable: true,
  },
  {
    category: 'Evicted',
    reasons: ['PodDeleted'],
    fix: 'somebody, or a drain of the machine, deleted the pod; submit the task again, or set job_recovery to have it run again',
    retryable: true,
  },
  {
    category: 'NodeLost',
    reasons: ['Terminated'],
    message: /node shutdown/,
    say: () => 'its machine was shut down, or the embedded cluster stopped (k8s-cli local stop), while the program ran',
    fix: 'submit the task again, or set job_recovery to have it run again',
    retryable: true,
  },
  {
    category: 'NodeLost',
    reasons: [
      'NodeLost',
      'ContainerStatusUnknown',
      'DeletionByTaintManager',
      'DeletionByPodGC',
      'NodeShutdown',
      'Shutdown',
      'Terminated',
      'UnexpectedAdmissionError',
      'OutOfcpu',
      'OutOfmemory',
      'OutOfpods',
    ],
    fix: 'submit the task again',
    retryable: true,
  },
  { category: 'DeadlineExceeded', reasons: ['DeadlineExceeded'], fix: 'give the task more time', retryable: false },
  {
    category: 'Interrupted',
    reasons: ['JobDeleted'],
    fix: 'somebody deleted the Job; submit the task again',
    retryable: true,
  },
  {
    category: 'PodLost',
    reasons: ['BackoffLimitExceeded', 'JobFailed'],
    fix: 'the pod is gone, and what it could have told with it; submit the task again',
    retryable: true,
  },
  // It ended by itself, and what it wrote or how it ended tells more.
  {
    category: 'SharedMemory',
    reasons: PROGRAM,
    exitCodes: [135],
    fix: 'a bus error is mostly a full /dev/shm: raise resources.memory, which is also its size, or use fewer loader workers',
    retryable: false,
  },
  {
    category: 'ReadOnlyFileSystem',
    reasons: PROGRAM,
    line: /read-only file ?system/i,
    fix: 'write to a volume or to /tmp: where the program wrote is read-only',
    retryable: false,
  },
  {
    category: 'ExecFormat',
    reasons: PROGRAM,
    line: /exec format error/i,
    fix: FOREIGN_PROGRAM,
    retryable: false,
  },
  {
    category: 'DiskFull',
    reasons: PROGRAM,
    line: /no space left on device/i,
    fix: 'write to a larger volume; /dev/shm is as large as resources.memory',
    retryable: false,
  },
  {
    category: 'CommandNotFound',
    reasons: PROGRAM,
    exitCodes: [127],
    line: /(?:^|[\s/])python: (?:command )?not found/,
    fix: 'there is no program of the name python: call python3, which more images and machines have; or install it in setup, or use an image that has it',
    retryable: false,
  },
  {
    category: 'CommandNotFound',
    reasons: PROGRAM,
    exitCodes: [127],
    fix: 'a program that the task calls is not there: install it in setup, or use an image that has it; without images, as on the embedded cluster, it has to be on the machine',
    retryable: false,
  },
  { category: 'SetupFailed', reasons: ['SetupFailed'], line: NO_PIP, fix: USE_VENV, retryable: false },
  { category: 'ExitCode', reasons: ['Error'], line: NO_PIP, fix: USE_VENV, retryable: false },
  {
    category: 'SetupFailed',
    reasons: ['SetupFailed'],
    fix: 'see the log of the node for what setup printed',
    retryable: false,
  },
  {
    category: 'ExitCode',
    reasons: PROGRAM,
    exitCodes: [134, 136, 139],
    fix: 'the program crashed: see the log of the node',
    retryable: false,
  },
  {
    category: 'ExitCode',
    reasons: PROGRAM,
    exitCodes: [137],
    fix: 'somebody killed the program; where memory ran out, raise resources.memory',
    retryable: true,
  },
  { category: 'ExitCode', reasons: ['Error'], fix: 'see the log of the node', retryable: false },
];
