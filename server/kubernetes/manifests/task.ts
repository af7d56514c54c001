/** What a task's objects are made from, and what all of them have in common. */

import type { TaskSpec } from '../../../taskfile/task-spec.js';
import type { Placement } from '../../domain/placement/resolve.js';
import type { Mount } from '../../domain/ports.js';
import { recordName } from '../names.js';
import { taskAnnotations, taskLabels } from '../record.js';

/** A task whose record exists. */
export interface LaunchedTask {
  readonly id: string;
  /** Uid of the record, which owns everything else; empty for a task that is only checked. */
  readonly uid: string;
  readonly user: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** Which run of the whole task, from 0. */
  readonly attempt: number;
  readonly spec: TaskSpec;
  readonly mounts: readonly Mount[];
  readonly placement: Placement;
  /** JSON of the Job of the first node, where it was made while the record was written. */
  readonly firstJob?: string | undefined;
}

/** Metadata of an object that belongs to the task. Deleting the record deletes it. */
export function ownedMetadata(
  task: LaunchedTask,
  name: string,
  own: { labels?: Readonly<Record<string, string>>; annotations?: Readonly<Record<string, string>> } = {},
): object {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: recordName(task.id), uid: task.uid };
  return {
    name,
    labels: { ...own.labels, ...taskLabels(task) },
    annotations: { ...own.annotations, ...taskAnnotations(task) },
    ...(task.uid === '' ? {} : { ownerReferences: [owner] }),
  };
}
