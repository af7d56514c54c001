/** The Job of one node. */

import type { TaskSpec } from '../../../taskfile/task-spec.js';
import type { Mount } from '../../domain/ports.js';
import { ANNOTATION, CONTAINER, hostName, jobNames, LABEL, recordName } from '../names.js';
import { taskAnnotations, taskLabels } from '../record.js';
import { literal, shellCommand } from './shell.js';

/** Image of tasks that name none. */
export const DEFAULT_IMAGE = 'python:3.13-slim';
/** Port on which the first node of a task may listen for the others. */
const MASTER_PORT = '29500';

/** A task whose record exists. */
export interface LaunchedTask {
  readonly id: string;
  /** Uid of the record, which owns everything else. */
  readonly uid: string;
  readonly user: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly spec: TaskSpec;
  readonly mounts: readonly Mount[];
}

/** The owner of all of a task's objects: deleting the record deletes them. */
export function ownerOf(task: { id: string; uid: string }): object[] {
  return [{ apiVersion: 'v1', kind: 'ConfigMap', name: recordName(task.id), uid: task.uid }];
}

/** The Job of the node with this index. */
export function jobObject(task: LaunchedTask, index: number): object {
  const labels = { ...taskLabels(task), [LABEL.nodeIndex]: String(index) };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobNames(task.name, task.id, task.spec.numNodes)[index],
      labels,
      annotations: taskAnnotations(task),
      ...(task.uid === '' ? {} : { ownerReferences: ownerOf(task) }),
    },
    spec: {
      completions: 1,
      parallelism: 1,
      completionMode: 'NonIndexed',
      backoffLimit: 0,
      // A second pod never starts while the first one still ends.
      podReplacementPolicy: 'Failed',
      template: {
        metadata: { labels, annotations: { [ANNOTATION.numNodes]: String(task.spec.numNodes) } },
        spec: podSpec(task, index),
      },
    },
  };
}

/** The pod of a node, alone: to have it checked where a Job would be accepted and its pods refused later. */
export function podObject(task: LaunchedTask, index: number): object {
  const labels = { ...taskLabels(task), [LABEL.nodeIndex]: String(index) };
  const name = jobNames(task.name, task.id, task.spec.numNodes)[index];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: podSpec(task, index) };
}

function podSpec(task: LaunchedTask, index: number): object {
  const { spec } = task;
  const volumes = [...new Set(task.mounts.map((mount) => mount.claimName))];
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(spec.numNodes > 1 ? { hostname: hostName(index), subdomain: recordName(task.id) } : {}),
    containers: [
      {
        name: CONTAINER,
        image: spec.resources.image ?? DEFAULT_IMAGE,
        command: shellCommand(spec.setup ?? '', spec.run),
        ...(spec.workdir === undefined ? {} : { workingDir: spec.workdir }),
        env: environment(task, index),
        resources: resources(spec),
        terminationMessagePolicy: 'FallbackToLogsOnError',
        ...(task.mounts.length === 0
          ? {}
          : {
              volumeMounts: task.mounts.map(({ mountPath, claimName }) => ({
                name: volumeName(volumes.indexOf(claimName)),
                mountPath,
              })),
            }),
      },
    ],
    // One volume a claim, however often it is mounted: a pod that names a claim twice may never start.
    ...(volumes.length === 0
      ? {}
      : {
          volumes: volumes.map((claimName, at) => ({
            name: volumeName(at),
            persistentVolumeClaim: { claimName },
          })),
        }),
  };
}

function volumeName(at: number): string {
  return `volume-${at}`;
}

function environment(task: LaunchedTask, index: number): object[] {
  const { envs, numNodes } = task.spec;
  const meeting =
    numNodes > 1 ? { MASTER_ADDR: `${hostName(0)}.${recordName(task.id)}`, MASTER_PORT, ...envs } : { ...envs };
  const all: Record<string, string> = { ...meeting, NODE_RANK: String(index), NUM_NODES: String(numNodes) };
  return Object.entries(all).map(([name, value]) => ({ name, value: literal(value) }));
}

function resources(spec: TaskSpec): object {
  const { cpus, memory, gpus } = spec.resources;
  const both = { ...(cpus === undefined ? {} : { cpu: cpus }), ...(memory === undefined ? {} : { memory }) };
  const limits = { ...both, ...(gpus === 0 ? {} : { 'nvidia.com/gpu': String(gpus) }) };
  return { requests: both, limits };
}
