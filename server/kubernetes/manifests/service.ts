/** The headless Service under which the nodes of a task find each other: `node-{idx}.task-{id}`. */

import { LABEL, recordName } from '../names.js';
import { taskAnnotations, taskLabels } from '../record.js';
import { ownerOf, type LaunchedTask } from './job.js';

/** The Service of a task with several nodes. */
export function serviceObject(task: LaunchedTask): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: recordName(task.id),
      labels: taskLabels(task),
      annotations: taskAnnotations(task),
      ...(task.uid === '' ? {} : { ownerReferences: ownerOf(task) }),
    },
    spec: {
      clusterIP: 'None',
      // Nodes look for each other before they are ready.
      publishNotReadyAddresses: true,
      selector: { [LABEL.taskId]: task.id },
    },
  };
}
