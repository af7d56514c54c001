/** Names, labels and annotations of everything that is made in Kubernetes. rest.md fixes those without a prefix. */

import { createHash } from 'node:crypto';

/** Labels on records, Jobs, pods and Services. */
export const LABEL = {
  task: 'skypilot-task',
  taskId: 'task-id',
  taskName: 'task-name',
  username: 'username',
  nodeIndex: 'node-idx',
  attempt: 'attempt',
  volume: 'skypilot-volume',
  volumeId: 'volume-id',
  volumeName: 'volume-name',
} as const;

/** What Kubernetes notes the Job of a pod in; the second one is from before 1.27. */
export const JOB_NAME_LABELS = ['batch.kubernetes.io/job-name', 'job-name'] as const;

/** Annotations; exact values stand here, where a label would have to be changed. */
export const ANNOTATION = {
  createdAt: 'created-at',
  numNodes: 'num-nodes',
  username: 'k8s-cli/username',
  taskName: 'k8s-cli/task-name',
  volumeName: 'k8s-cli/volume-name',
  fingerprint: 'k8s-cli/fingerprint',
  stoppedBy: 'k8s-cli/stopped-by',
  stoppedAt: 'k8s-cli/stopped-at',
  stopReason: 'k8s-cli/stop-reason',
  peers: 'k8s-cli/peers',
  defaultImage: 'k8s-cli/default-image',
} as const;

/** The key of a record's data that says what has to be made; the longest by far, and of no use to who only shows the task. */
export const PLAN_KEY = 'task';

/** Selects all objects of all tasks. */
export const TASK_SELECTOR = `${LABEL.task}=true`;
/** Selects all volumes. */
export const VOLUME_SELECTOR = `${LABEL.volume}=true`;
/** Name of the container that runs the task's program. */
export const CONTAINER = 'task';

/** Most nodes of a task. Labels are free text: one that claims more must not make the server hold room for them. */
export const MAX_NODES = 1000;

const MAX_SLUG = 40;
const MAX_LABEL = 63;

/** Name of a task's record, and of its headless Service. */
export function recordName(taskId: string): string {
  return `task-${taskId}`;
}

/** Name of the Secret that holds a task's variables. */
export function secretName(taskId: string): string {
  return recordName(taskId);
}

/** Name of the Secret that a task's image is pulled with. */
export function loginName(taskId: string): string {
  return `${recordName(taskId)}-registry`;
}

/** Name of the claim that is made for a task, for the volume at this place of its list. */
export function newClaimName(taskId: string, at: number): string {
  return `${recordName(taskId)}-volume-${at}`;
}

/**
 * Names of a task's Jobs by node index: `{name}-{id}` for one node, `{name}-{id}-node-{idx}` for several; those of later attempts
 * end with `-r{attempt}`.
 */
export function jobNames(taskName: string, taskId: string, numNodes: number, attempt = 0): readonly string[] {
  const base = `${slugOf(taskName)}-${taskId}`;
  const end = attempt === 0 ? '' : `-r${attempt}`;
  if (numNodes === 1) return [`${base}${end}`];
  return Array.from({ length: numNodes }, (_, index) => `${base}-node-${index}${end}`);
}

/** The task's name as a DNS label of at most 40 characters that starts with a letter. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX_SLUG)
    .replace(/-+$/, '');
  return slug === '' ? 'task' : slug;
}

/** Host name of a node inside its task's Service. */
export function hostName(index: number): string {
  return `node-${index}`;
}

/** The text as a label value: itself where that is valid, otherwise a readable rest and a hash that keeps it unique. */
export function labelValue(text: string): string {
  if (text.length <= MAX_LABEL && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text)) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10);
  const rest = text
    .replace(/[^-A-Za-z0-9_.]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, MAX_LABEL - hash.length - 1);
  return rest === '' ? hash : `${rest}-${hash}`;
}

/** Name of a volume's claim. */
export function claimName(volumeName: string, volumeId: string): string {
  return `${volumeName}-${volumeId}`;
}
