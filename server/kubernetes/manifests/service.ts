/** The headless Service under which the nodes of a task find each other: `node-{idx}.task-{id}`. */

import { LABEL, recordName } from '../names.js';
import { type LaunchedTask, ownedMetadata } from './task.js';

/** The Service of a task with several nodes. */
export function serviceObject(task: LaunchedTask): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ownedMetadata(task, recordName(task.id)),
    spec: {
      clusterIP: 'None',
      // Nodes look for each other before they are ready.
      publishNotReadyAddresses: true,
      selector: { [LABEL.taskId]: task.id },
    },
  };
}
