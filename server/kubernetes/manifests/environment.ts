/** The environment of setup and run. */

import { jobNames } from '../names.js';
import { literal } from './shell.js';
import type { LaunchedTask } from './task.js';

const DEFAULTS = {
  /** Port on which the first node of a task may listen for the others. */
  MASTER_PORT: '29500',
  PYTHONUNBUFFERED: '1',
};

/**
 * Variables of the container of the node with this index: those of SkyPilot, ours, and those of the task file, which win over
 * defaults but not over what every node gets for itself. Addresses of several nodes are not among them: they are known later, and
 * the shell sets them.
 */
export function environment(task: LaunchedTask, index: number, site: string): object[] {
  const { envs, numNodes, resources, secretNames } = task.spec;
  const rank = String(index);
  const gpus = String(resources.gpus);
  const taskId = skyTaskId(task);
  const own = {
    SKYPILOT_NODE_RANK: rank,
    SKYPILOT_SETUP_NODE_RANK: rank,
    SKYPILOT_NUM_NODES: String(numNodes),
    SKYPILOT_NUM_GPUS_PER_NODE: gpus,
    SKYPILOT_SETUP_NUM_GPUS_PER_NODE: gpus,
    SKYPILOT_TASK_ID: taskId,
    SKYPILOT_TASK_IDS: taskId,
    SKYPILOT_CLUSTER_INFO: clusterInfo(task, site),
    SKYPILOT_USER: task.user,
    K8S_CLI_ATTEMPT: String(task.attempt),
    NODE_RANK: rank,
    NUM_NODES: String(numNodes),
  };
  // What comes later wins. An object made of three others takes several times as long.
  const values = new Map(Object.entries(DEFAULTS));
  for (const name of secretNames) values.delete(name);
  for (const some of [envs, own]) for (const [name, value] of Object.entries(some)) values.set(name, value);
  const addresses = ['SKYPILOT_NODE_IPS', 'SKYPILOT_SETUP_NODE_IPS'];
  if (!Object.hasOwn(envs, 'MASTER_ADDR') && !secretNames.includes('MASTER_ADDR')) addresses.push('MASTER_ADDR');
  return [
    ...Array.from(values, ([name, value]) => ({ name, value: literal(value) })),
    ...(numNodes > 1
      ? []
      : addresses.map((name) => ({ name, valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }))),
    ...task.placement.managedSecrets
      .filter(({ mountPath }) => mountPath === undefined)
      .map(({ name, secret, key }) => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } })),
  ];
}

/** The id that SkyPilot would give: what stands before the first `_` is the time, and the whole is the same on all nodes. */
function skyTaskId({ createdAtMs, name, id }: LaunchedTask): string {
  const time = new Date(createdAtMs).toISOString().replace(/[T:.]/g, '-').replace('Z', '000');
  return `sky-managed-${time}_${name}_${id}-0`;
}

/** JSON as Python writes it: a blank behind each colon and comma, nothing but ASCII. */
function clusterInfo(task: LaunchedTask, site: string): string {
  const [name = ''] = jobNames(task.name, task.id, 1);
  const [cluster, region] = [JSON.stringify(name), JSON.stringify(site)];
  return ascii(`{"cluster_name": ${cluster}, "cloud": "Kubernetes", "region": ${region}, "zone": null}`);
}

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
