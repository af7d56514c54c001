/** The Job of one node. */

import { randomUUID } from 'node:crypto';
import { ANNOTATION, jobNames, LABEL } from '../names.js';
import { taskLabels } from '../record.js';
import { namesImage, podSpec } from './pod.js';
import { type LaunchedTask, ownedMetadata } from './task.js';

const QUEUE_LABEL = 'kueue.x-k8s.io/queue-name';
/** Stands for a uid that is not known yet. Nobody outside knows it, so that no task says the same. */
const UID_TO_COME: string = randomUUID();

/** The Job of the node with this index. `site` is the name of the cluster. */
export function jobObject(task: LaunchedTask, index: number, site: string): object {
  const { queue } = task.placement;
  const queued = queue === undefined ? {} : { [QUEUE_LABEL]: queue };
  const name = jobNames(task.name, task.id, task.spec.numNodes, task.attempt)[index] ?? '';
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: ownedMetadata(task, name, {
      labels: { ...asked(task).labels, ...queued, ...nodeLabels(task, index) },
      annotations: asked(task).annotations,
    }),
    spec: {
      completions: 1,
      parallelism: 1,
      completionMode: 'NonIndexed',
      backoffLimit: 0,
      // A second pod never starts while the first one still ends.
      podReplacementPolicy: 'Failed',
      template: { metadata: podMetadata(task, index), spec: podSpec(task, index, site) },
    },
  };
}

/** The JSON of that Job for a record that does not exist yet; it is complete when the uid of the record is given. */
export function jobToCome(task: Omit<LaunchedTask, 'uid'>, index: number, site: string): (uid: string) => string {
  const parts = JSON.stringify(jobObject({ ...task, uid: UID_TO_COME }, index, site)).split(UID_TO_COME);
  return (uid) => parts.join(uid);
}

/** The pod of a node, alone: to have it checked where a Job would be accepted and its pods refused later. */
export function podObject(task: LaunchedTask, index: number, site: string): object {
  const name = jobNames(task.name, task.id, task.spec.numNodes, task.attempt)[index];
  const metadata = { name, ...podMetadata(task, index) };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: podSpec(task, index, site) };
}

function podMetadata(task: LaunchedTask, index: number): object {
  const { labels, annotations } = asked(task);
  // A cluster that has something to say about the image then knows that nobody asked for it.
  const image = namesImage(task.spec) ? {} : { [ANNOTATION.defaultImage]: 'true' };
  return {
    labels: { ...labels, ...taskLabels(task), ...nodeLabels(task, index) },
    annotations: { ...annotations, [ANNOTATION.numNodes]: String(task.spec.numNodes), ...image },
  };
}

function nodeLabels({ attempt }: LaunchedTask, index: number): Record<string, string> {
  const again = attempt === 0 ? {} : { [LABEL.attempt]: String(attempt) };
  return { [LABEL.nodeIndex]: String(index), ...again };
}

/** Labels and annotations that the task file asks for. The queue's label is for Jobs: a pod with it would wait by itself. */
function asked({ spec }: LaunchedTask): { labels: Record<string, string>; annotations: Record<string, string> } {
  const { [QUEUE_LABEL]: _, ...labels } = { ...spec.resources.labels, ...spec.kubernetes.labels };
  return { labels, annotations: { ...spec.kubernetes.annotations } };
}
