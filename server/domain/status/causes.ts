/** The causes that are known, what they are called, and what to do about each: a table, of which the first row that fits wins. */

/** What is known of a node that waits or has failed. */
export interface Symptoms {
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number | undefined;
  /** What the node's program wrote last, oldest line first. */
  readonly lines: readonly string[];
}

/** One row: all that is given of the first four has to fit. */
export interface Cause {
  readonly reasons?: readonly string[];
  readonly message?: RegExp;
  readonly exitCodes?: readonly number[];
  /** One of the last lines fits. */
  readonly line?: RegExp;
  readonly category: string;
  /** What is wrong, in words of our own; without it the message says it. */
  readonly say?: (symptoms: Symptoms) => string;
  readonly fix: string;
  readonly retryable: boolean;
  /** A node that waits for it so long after a machine was found will never start. */
  readonly hopelessAfterMs?: number;
}

/** Kubernetes tries again at growing intervals; after this time it has done so about five times. */
const SOME_TRIES_MS = 5 * 60_000;
const PULL = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'RegistryUnavailable', 'ImageInspectError'];
const MOUNT = ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume', 'VolumeResizeFailed'];
const UNSCHEDULABLE = ['Unschedulable', 'SchedulerError', 'FailedScheduling'];
const CONTAINER = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
  'PostStartHookError',
];
const PROGRAM = ['Error', 'SetupFailed'];
const FOREIGN_PROGRAM =
  'the image or program is for another kind of processor: use one made for the machines of the cluster';
const SECRET = /secret "?[^\s"]+"? not found|couldn't find key \S+ in Secret|references non-existent secret key/i;

/** In the order of their seriousness: of two nodes that wait, the one whose cause stands higher is told of. */
export const CAUSES: readonly Cause[] = [
  // The pod is refused: it never comes to be.
  {
    category: 'QuotaExceeded',
    reasons: ['FailedCreate'],
    message: /exceeded quota|forbidden.*quota/i,
    fix: 'ask for less, wait until other tasks end, or have the quota of the namespace raised',
    retryable: true,
  },
  {
    category: 'PodSecurity',
    reasons: ['FailedCreate'],
    message: /violates PodSecurity/,
    fix: 'set what the message names under config.kubernetes.pod_config.spec, or ask the administrator of the namespace',
    retryable: false,
  },
  {
    category: 'WebhookUnavailable',
    reasons: ['FailedCreate'],
    message: /failed calling webhook/,
    fix: 'nothing is wrong with the task: a webhook of the cluster does not answer; tell its administrator',
    retryable: true,
  },
  {
    category: 'LimitRange',
    reasons: ['FailedCreate'],
    message: /(?:maximum|minimum) (?:cpu|memory|\S+) usage per/,
    fix: 'set resources.cpus and resources.memory within the limits that the message names',
    retryable: false,
  },
  {
    category: 'AdmissionDenied',
    reasons: ['FailedCreate'],
    fix: 'change the task as the message says, or ask the administrator of the cluster',
    retryable: false,
  },
  // No machine takes the pod.
  {
    category: 'VolumeNotFound',
    reasons: UNSCHEDULABLE,
    message: /persistentvolumeclaim "[^"]*" (?:not found|is being deleted)/i,
    fix: 'check the name under volumes against `k8s-cli volumes list`, and create the volume where it is missing',
    retryable: true,
  },
  {
    category: 'VolumePending',
    reasons: UNSCHEDULABLE,
    message: /persistentvolumeclaim|persistent volumes? to bind|binding volumes|storageclass/i,
    fix: 'check the volume with `k8s-cli volumes list`: its StorageClass has to exist and has to provide it',
    retryable: true,
  },
  {
    category: 'VolumeUnreachable',
    reasons: UNSCHEDULABLE,
    message: /volume node affinity conflict|no available volume zone|exceed max volume count/,
    fix: 'the machines that have room cannot reach the volume: ask for less, or use a volume with ReadWriteMany',
    retryable: true,
  },
  {
    category: 'InsufficientResources',
    reasons: UNSCHEDULABLE,
    message: /Insufficient nvidia\.com\/gpu/,
    fix: 'ask for fewer accelerators, or wait until other tasks end',
    retryable: true,
  },
  {
    category: 'InsufficientResources',
    reasons: UNSCHEDULABLE,
    message: /Insufficient|Too many pods/,
    fix: 'ask for less cpus, memory or accelerators, or wait until other tasks end',
    retryable: true,
  },
  {
    category: 'NoMatchingMachine',
    reasons: UNSCHEDULABLE,
    message: /didn't match Pod's node affinity/,
    fix: 'no machine has what the task names: check the type in resources.accelerators, and labels and selectors in pod_config',
    retryable: true,
  },
  {
    category: 'Tainted',
    reasons: UNSCHEDULABLE,
    message: /untolerated taint/,
    fix: 'the machines are reserved: name a toleration under config.kubernetes.pod_config.spec.tolerations, or wait for others',
    retryable: true,
  },
  {
    category: 'Unschedulable',
    reasons: UNSCHEDULABLE,
    fix: 'no machine of the cluster takes the task; check its resources against `kubectl describe nodes`',
    retryable: true,
  },
  // The container cannot be made.
  {
    category: 'InvalidImage',
    reasons: ['InvalidImageName'],
    fix: 'correct resources.image_id',
    retryable: false,
    hopelessAfterMs: 10_000,
  },
  {
    category: 'ImageAccessDenied',
    reasons: PULL,
    message:
      /pull access denied|insufficient_scope|unauthorized|authentication required|no basic auth|denied|\b40[13]\b/i,
    say: ({ message }) => `${imageOf(message)} does not exist, or may not be pulled without a login`,
    fix: 'check resources.image_id; for a private registry give SKYPILOT_DOCKER_USERNAME, _PASSWORD and _SERVER as secrets',
    retryable: false,
    hopelessAfterMs: SOME_TRIES_MS,
  },
  {
    category: 'ImageNotFound',
    reasons: PULL,
    message: /not found|manifest unknown|name unknown|does not exist|no such image|no match for platform|not present/i,
    say: ({ message }) =>
      `${imageOf(message)} does not exist${/no match for platform/.test(message) ? ' for the kind of machine' : ''}`,
    fix: 'correct resources.image_id',
    retryable: false,
    hopelessAfterMs: SOME_TRIES_MS,
  },
  {
    category: 'ImagePull',
    reasons: PULL,
    fix: 'check resources.image_id: its registry has to exist, and the cluster has to reach it',
    retryable: true,
  },
  {
    category: 'SecretMissing',
    reasons: [...MOUNT, 'CreateContainerConfigError'],
    message: SECRET,
    fix: 'the Secret was deleted, or the server was set up with a wrong name: submit the task again, or tell the administrator',
    retryable: false,
    hopelessAfterMs: SOME_TRIES_MS,
  },
  {
    category: 'VolumeMount',
    reasons: MOUNT,
    fix: 'check the volume with `k8s-cli volumes list`, and that nodes can share it (ReadWriteMany for several nodes)',
    retryable: true,
  },
  {
    category: 'ExecFormat',
    reasons: CONTAINER,
    message: /exec format error/i,
    fix: FOREIGN_PROGRAM,
    retryable: false,
  },
  {
    category: 'ContainerConfig',
    reasons: ['CreateContainerConfigError', 'StartError', 'ContainerCannotRun'],
    fix: 'the container could not be started as asked for: check workdir, volumes and the image (it needs /bin/sh)',
    retryable: false,
    hopelessAfterMs: SOME_TRIES_MS,
  },
  {
    category: 'ContainerConfig',
    reasons: CONTAINER,
    fix: 'the container could not be started as asked for: check workdir, volumes and the image (it needs /bin/sh)',
    retryable: true,
  },
  // It waits for nothing that is wrong.
  {
    category: 'Starting',
    reasons: ['FailedCreatePodSandBox', 'ContainerCreating', 'PodInitializing', 'Scheduled', 'Pulling'],
    fix: '',
    retryable: true,
  },
  { category: 'Restarting', reasons: ['Restarting'], fix: '', retryable: true },
  { category: 'WaitingForJobController', reasons: ['WaitingForPod', 'Submitting'], fix: '', retryable: true },
  { category: 'WaitingForScheduler', reasons: ['WaitingForScheduler'], fix: '', retryable: true },
  { category: 'Suspended', reasons: ['Suspended'], fix: 'the Job waits to be admitted or resumed', retryable: true },
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
    category: 'SetupFailed',
    reasons: ['SetupFailed'],
    fix: 'see the log of the node for what setup printed',
    retryable: false,
  },
  {
    category: 'CommandNotFound',
    reasons: PROGRAM,
    exitCodes: [127],
    fix: 'the image does not have the program that run calls: install it in setup, or use another image',
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

/** The first row that fits; undefined when none does. */
export function causeOf(symptoms: Symptoms): Cause | undefined {
  return CAUSES.find((cause) => fits(cause, symptoms));
}

/** How serious a cause is: the smaller the more. What is not in the table comes last. */
export function rankOf(symptoms: Symptoms): number {
  const cause = causeOf(symptoms);
  return cause === undefined ? CAUSES.length : CAUSES.indexOf(cause);
}

function fits({ reasons, message, exitCodes, line }: Cause, symptoms: Symptoms): boolean {
  if (reasons && !reasons.includes(symptoms.reason)) return false;
  if (message && !message.test(symptoms.message)) return false;
  if (exitCodes && !exitCodes.some((code) => code === symptoms.exitCode)) return false;
  return line === undefined || symptoms.lines.some((text) => line.test(text));
}

function imageOf(message: string): string {
  const image = /image "([^"]+)"/.exec(message)?.[1];
  return image === undefined ? 'the image' : `image "${image}"`;
}
