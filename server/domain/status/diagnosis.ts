/** Why a task waits or has failed, and what to do about it: one cause, found by a table of reasons. */

import type { EventsByUid } from '../ports.js';
import { PEER_ENDED } from './node-state.js';
import type { Diagnosis, StatusWord, TaskNode, TaskView } from '../task.js';

interface Rule {
  readonly category: string;
  readonly reasons: readonly string[];
  /** When given, the message has to match as well. */
  readonly message?: RegExp;
  readonly fix: string;
  readonly retryable: boolean;
}

/** The first rule that fits a node's reason and message names the category. */
const RULES: readonly Rule[] = [
  {
    category: 'QuotaExceeded',
    reasons: ['FailedCreate'],
    message: /exceeded quota|forbidden.*quota/i,
    fix: 'ask for less, wait until other tasks end, or have the quota of the namespace raised',
    retryable: true,
  },
  {
    category: 'AdmissionDenied',
    reasons: ['FailedCreate'],
    fix: 'change the task as the message says, or ask the administrator of the cluster',
    retryable: false,
  },
  {
    category: 'VolumePending',
    reasons: ['Unschedulable', 'SchedulerError'],
    message: /persistentvolumeclaim/i,
    fix: 'check the volume with `k8s-cli volumes list`: it has to exist and its StorageClass has to provide it',
    retryable: true,
  },
  {
    category: 'InsufficientResources',
    reasons: ['Unschedulable'],
    message: /Insufficient/,
    fix: 'ask for less cpus, memory or accelerators, or wait until other tasks end',
    retryable: true,
  },
  {
    category: 'Unschedulable',
    reasons: ['Unschedulable', 'SchedulerError'],
    fix: 'no node of the cluster takes the task; check its resources against `kubectl describe nodes`',
    retryable: true,
  },
  {
    category: 'InvalidImage',
    reasons: ['InvalidImageName', 'ImageInspectError'],
    fix: 'correct resources.image_id',
    retryable: false,
  },
  {
    category: 'ImagePull',
    reasons: ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'RegistryUnavailable'],
    fix: 'check resources.image_id: the image has to exist and the cluster has to be allowed to pull it',
    retryable: false,
  },
  {
    category: 'VolumeMount',
    reasons: ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume', 'VolumeResizeFailed'],
    fix: 'check the volume with `k8s-cli volumes list`, and that nodes can share it (ReadWriteMany for several nodes)',
    retryable: true,
  },
  {
    category: 'ContainerConfig',
    reasons: [
      'CreateContainerConfigError',
      'CreateContainerError',
      'RunContainerError',
      'StartError',
      'ContainerCannotRun',
    ],
    fix: 'the container could not be started as asked for: check workdir, volumes and the image (it needs /bin/sh)',
    retryable: false,
  },
  {
    category: 'Starting',
    reasons: ['FailedCreatePodSandBox', 'ContainerCreating', 'PodInitializing', 'Scheduled'],
    fix: '',
    retryable: true,
  },
  { category: 'WaitingForJobController', reasons: ['WaitingForPod', 'Submitting'], fix: '', retryable: true },
  { category: 'WaitingForScheduler', reasons: ['WaitingForScheduler'], fix: '', retryable: true },
  { category: 'Suspended', reasons: ['Suspended'], fix: 'the Job waits to be admitted or resumed', retryable: true },
  {
    category: 'SetupFailed',
    reasons: ['SetupFailed'],
    fix: 'see the log of the node for what setup printed',
    retryable: false,
  },
  { category: 'OutOfMemory', reasons: ['OOMKilled'], fix: 'raise resources.memory', retryable: false },
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
  { category: 'ExitCode', reasons: ['Error'], fix: 'see the log of the node', retryable: false },
];

/** The diagnosis of a task that is pending or failed; undefined for all others. */
export function diagnose(
  status: StatusWord,
  nodes: readonly TaskNode[],
  view: TaskView,
  events: EventsByUid,
): Diagnosis | undefined {
  const node = culprit(status, nodes);
  if (!node) return undefined;
  const rule = RULES.find(
    (candidate) =>
      candidate.reasons.includes(node.reason) && (!candidate.message || candidate.message.test(node.message)),
  );
  const several = nodes.length > 1;
  const prefix = several ? `node-${node.index}: ` : '';
  return {
    category: rule?.category ?? 'Unknown',
    cause: `${prefix}${node.message || node.reason}`,
    evidence: evidenceOf(node, view, events),
    fix: rule?.fix ?? '',
    retryable: rule?.retryable ?? true,
    node: several ? node.index : undefined,
  };
}

/** The node that tells the most: the first that failed by itself, or the one that waits for the most serious reason. */
function culprit(status: StatusWord, nodes: readonly TaskNode[]): TaskNode | undefined {
  if (status === 'failed') {
    return nodes
      .filter((node) => node.state === 'FAILED')
      .toSorted(
        (a, b) =>
          Number(a.reason === PEER_ENDED) - Number(b.reason === PEER_ENDED) ||
          (a.finishedAtMs ?? Infinity) - (b.finishedAtMs ?? Infinity) ||
          a.index - b.index,
      )[0];
  }
  if (status !== 'pending' && status !== 'running') return undefined;
  const rank = (node: TaskNode): number => {
    const index = RULES.findIndex((rule) => rule.reasons.includes(node.reason));
    return index < 0 ? RULES.length : index;
  };
  return nodes.filter((node) => node.state === 'PENDING').toSorted((a, b) => rank(a) - rank(b) || a.index - b.index)[0];
}

function evidenceOf(node: TaskNode, view: TaskView, events: EventsByUid): readonly string[] {
  const nodeView = view.nodes[node.index];
  const pod = nodeView?.pod;
  const lines: string[] = [];
  if (pod?.unschedulable) lines.push(`pod ${pod.name}: PodScheduled=False, ${pod.unschedulable.reason}`);
  if (pod?.container.state === 'waiting' && pod.container.reason) {
    lines.push(`pod ${pod.name}: waiting, ${pod.container.reason}`);
  }
  // Of a failed setup the message is our own and says what the cause says.
  const told = node.reason === 'SetupFailed' || pod?.container.state !== 'terminated' ? '' : pod.container.message;
  if (node.state === 'FAILED' && told !== '') {
    lines.push(...told.trimEnd().split('\n').slice(-5));
  }
  for (const uid of [nodeView?.pod?.uid, nodeView?.job?.uid]) {
    const warning = uid === undefined ? undefined : events.get(uid)?.find((event) => event.warning);
    if (warning) lines.push(`event ${warning.reason}: ${warning.message}`);
  }
  return lines;
}
