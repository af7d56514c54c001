/** Why a node is in the state that it is in: a reason as Kubernetes words it, or one of ours, and a sentence. */

import type { ClusterEvent } from '../ports.js';
import type { ContainerView, HaltMark, JobView, NodeView, PodView, StopMark, TaskRecord, TaskState } from '../task.js';
import { signalOf } from './signal.js';

/** What the wrapper around setup and run writes as termination message when setup failed. */
export const SETUP_FAILED_MESSAGE = 'k8s-cli: setup failed';
/** Reason of a node whose run did not start because another node ended before. */
export const PEER_ENDED = 'PeerEnded';
/** Reason of a node that was stopped because another one failed. */
export const STOPPED_FOR_PEER = 'PeerFailed';
/** Reason of a node whose pod somebody deleted. */
const POD_DELETED = 'PodDeleted';
/** Reason of a node whose image is being pulled, as Kubernetes' own event has it. */
const PULLING = 'Pulling';
/** What the wrapper writes when the kernel killed processes of the container for want of memory, and the program then failed. */
export const OUT_OF_MEMORY_MESSAGE = 'k8s-cli: out of memory';
/** What it writes when run did not start, because another node ended before. */
export const PEERS_LOST_MESSAGE = 'k8s-cli: run did not start';

/** Reasons of containers whose program never began: the message is the runtime's. */
const RUNTIME = new Set(['StartError', 'ContainerCannotRun', 'ContainerStatusUnknown']);
const OWN_MESSAGES = [SETUP_FAILED_MESSAGE, OUT_OF_MEMORY_MESSAGE, PEERS_LOST_MESSAGE];
const MAX_WORDS = 500;
const MAX_LINES = 10;
/** What is longer is cut: it is shown among other things, and kept in the record. */
const MAX_LINE_LENGTH = 200;

/** A reason in CamelCase, and in a sentence. */
interface Why {
  readonly reason: string;
  readonly message: string;
}

const NOTHING: Why = { reason: '', message: '' };

/** Why a node has ended that ended by itself, and whose last pod this is. */
export function whyEnded(
  { job, jobName }: NodeView,
  record: TaskRecord,
  pod: PodView | undefined,
  state: TaskState,
): Why {
  if (state === 'COMPLETED') return NOTHING;
  if (!job) return whyDeleted(jobName);
  // The pod then only tells by which signal it was ended.
  if (job.outcomeReason === 'DeadlineExceeded') return { reason: job.outcomeReason, message: job.outcomeMessage };
  if (pod?.reason) return { reason: pod.reason, message: pod.message };
  if (pod?.disruption) return { reason: pod.disruption, message: `pod ${pod.name} was disrupted: ${pod.disruption}` };
  const container = pod?.container;
  if (pod && wasDeleted(pod, job, record)) {
    const how = container?.state === 'terminated' ? `; ${howItEnded(container.exitCode)}` : '';
    return { reason: POD_DELETED, message: `pod ${pod.name} was deleted${how}` };
  }
  if (container?.state === 'terminated') {
    if (container.message.startsWith(OUT_OF_MEMORY_MESSAGE)) {
      const detail = container.message.slice(OUT_OF_MEMORY_MESSAGE.length).trim();
      return { reason: 'OOMKilled', message: `memory ran out${detail}; ${howItEnded(container.exitCode)}` };
    }
    if (container.message.startsWith(SETUP_FAILED_MESSAGE)) {
      return { reason: 'SetupFailed', message: `setup failed with ${howItEnded(container.exitCode)}` };
    }
    if (container.message.startsWith(PEERS_LOST_MESSAGE)) {
      return { reason: PEER_ENDED, message: container.message.slice('k8s-cli: '.length).trim() };
    }
    const reason = container.reason || 'Error';
    const [words = ''] = container.message.split('\n', 1);
    if (RUNTIME.has(reason) && words !== '') return { reason, message: `${reason}: ${words.slice(0, MAX_WORDS)}` };
    const detail = reason === 'Error' ? '' : `${reason}: `;
    return { reason, message: `${detail}${howItEnded(container.exitCode)}` };
  }
  return { reason: job.outcomeReason || 'JobFailed', message: job.outcomeMessage || 'the Job failed' };
}

/** Whether the node ended because somebody deleted its pod behind the back of its Job. */
function wasDeleted({ container, deletedAtMs }: PodView, job: JobView, { halt, stop }: TaskRecord): boolean {
  if (deletedAtMs === undefined || job.deleting) return false;
  // Of a task that we ended, only a node that had ended before comes here; who else suspends a Job has its pods deleted.
  if (job.suspended && !halt && !stop) return false;
  if (container.state !== 'terminated') return true;
  const { exitCode, reason, message, finishedAtMs = Infinity } = container;
  // The runtime and the wrapper know better of some ends.
  if ((reason !== '' && reason !== 'Error') || message.startsWith(OUT_OF_MEMORY_MESSAGE)) return false;
  return signalOf(exitCode) !== '' && finishedAtMs >= deletedAtMs;
}

/** What the program of an ended container wrote last: its termination message, unless that is the wrapper's. */
export function linesOf(pod: PodView | undefined): readonly string[] {
  const container: ContainerView | undefined = pod?.container;
  if (container?.state !== 'terminated' || container.message === '') return [];
  // Of a program that could not be started the runtime's own words stand there.
  if (RUNTIME.has(container.reason) || OWN_MESSAGES.some((own) => container.message.startsWith(own))) return [];
  return shortLines(container.message);
}

/** The last few lines of a text, none blank, none long. */
export function shortLines(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH));
}

/** `exit code 3`, `exit code 143 (SIGTERM)`. */
function howItEnded(exitCode: number): string {
  const signal = signalOf(exitCode);
  return signal ? `exit code ${exitCode} (${signal})` : `exit code ${exitCode}`;
}

/** Why a node that has not ended by itself does not run; nothing for one that does. */
export function whyNot(view: NodeView, record: TaskRecord, state: TaskState, events: readonly ClusterEvent[]): Why {
  if (state === 'RUNNING') return NOTHING;
  if (record.halt) return whyHalted(view, record.halt);
  if (state === 'STOPPING' || state === 'STOPPED') return whyStopped(record.stop);
  const { job, pod } = view;
  if (pod) return whyPodWaits(pod, events);
  if (!job) return { reason: 'Submitting', message: 'the Job is being created' };
  if (job.suspended) return { reason: 'Suspended', message: 'the Job is suspended' };
  const warning = events.find((event) => event.warning);
  if (warning) return { reason: warning.reason, message: warning.message };
  return { reason: 'WaitingForPod', message: 'waiting for the Job controller to create the pod' };
}

/** Why a node is stopped, or being stopped, by this mark. */
export function whyStopped(stop: StopMark | undefined): Why {
  const by = stop ? `stopped by ${stop.user}` : 'stopped';
  return { reason: 'Stopped', message: stop?.reason ? `${by}: ${stop.reason}` : by };
}

function whyDeleted(jobName: string): Why {
  return { reason: 'JobDeleted', message: `Job ${jobName} was deleted before the node ended` };
}

function whyHalted({ index, job, jobName }: NodeView, { blamed, reason, message, retryMs }: HaltMark): Why {
  // A halt without a reason is for the sake of a node that failed by itself.
  if (!job && reason === '' && blamed.includes(index)) return whyDeleted(jobName);
  if (blamed.includes(index) || retryMs !== undefined) return { reason, message };
  return { reason: STOPPED_FOR_PEER, message: `stopped because node-${blamed[0]} failed` };
}

function whyPodWaits(pod: PodView, events: readonly ClusterEvent[]): Why {
  if (pod.unschedulable) return { reason: pod.unschedulable.reason, message: pod.unschedulable.message };
  const container = pod.container;
  if (container.state === 'waiting') {
    const starting =
      container.reason === '' || container.reason === 'ContainerCreating' || container.reason === 'PodInitializing';
    const [newest] = events;
    if (starting && newest?.reason === PULLING) {
      return { reason: PULLING, message: newest.message.replace(/^Pulling/, 'pulling') };
    }
    const warning = events.find((event) => event.warning);
    if (starting && warning) return { reason: warning.reason, message: warning.message };
    if (container.reason) {
      return { reason: container.reason, message: container.message || waitingText(container.reason) };
    }
  }
  return pod.nodeName
    ? { reason: 'Scheduled', message: `scheduled to node ${pod.nodeName}` }
    : { reason: 'WaitingForScheduler', message: 'waiting to be scheduled' };
}

function waitingText(reason: string): string {
  return reason === 'ContainerCreating' || reason === 'PodInitializing' ? 'the container is being created' : reason;
}
