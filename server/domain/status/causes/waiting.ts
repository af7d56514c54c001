import { type Cause, FOREIGN_PROGRAM } from './cause.js';

/** Kubernetes tries again at growing intervals; after this time it has done so about five times. */
export const SOME_TRIES_MS = 5 * 60_000;
/** Reasons of a container whose image cannot be had. Kubernetes alternates between them: it fails, and waits to try again. */
export const PULL = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
];
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
/**
 * All machines are too small, or not for the task, whatever else they run. Older schedulers do not tell that from machines that are busy:
 * of both they say that there are no victims.
 */
const TOO_LARGE = /Insufficient .*preemption: 0\/(\d+) nodes are available: \1 Preemption is not helpful/s;
const SECRET = /secret "?[^\s"]+"? not found|couldn't find key \S+ in Secret|references non-existent secret key/i;

/** What can keep a node from starting, the most serious first. */
export const WAITING: readonly Cause[] = [
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
    message: TOO_LARGE,
    fix: 'no machine has as much, however long the task waits: ask for less; `k8s-cli doctor` tells what machines and GPUs there are',
    retryable: true,
  },
  {
    category: 'InsufficientResources',
    reasons: UNSCHEDULABLE,
    message: /Insufficient nvidia\.com\/gpu/,
    fix: 'ask for fewer accelerators, or wait until other tasks end; `k8s-cli doctor` tells how many there are',
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
];

function imageOf(message: string): string {
  const image = /image "([^"]+)"/.exec(message)?.[1];
  return image === undefined ? 'the image' : `image "${image}"`;
}
