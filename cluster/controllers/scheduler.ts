import { type Condition, type KubeObject, conditionOf, isOver, timed } from '../store/object.js';
import { keyOf } from '../store/table.js';
import type { ControllerContext } from './context.js';
import { runController } from './controller.js';
import { type Misfit, Requests, claimMisfit, misfit } from './fit.js';

const source = 'default-scheduler';
const everything = 'all';
const scheduled = 'PodScheduled';

/**
 * Binds pods to the node as long as its capacity lasts, the oldest first; what does not fit waits and is looked at
 * again when something changes that could help. Runs until the signal fires.
 */
export function startScheduler(context: ControllerContext): void {
  // Pods that are new; undefined when all that wait are to be looked at, because there may be room now.
  let fresh: Set<string> | undefined;
  runController(context, {
    name: 'scheduler',
    resources: ['pods', 'nodes', 'persistentvolumeclaims'],
    // One key for all: pods compete for the same capacity, so they are decided on one after another.
    keysOf: ({ type, resource, object, previous }) => {
      if (resource !== 'pods' || makesRoom(type, object, previous)) fresh = undefined;
      else if (type === 'ADDED') fresh?.add(keyOf(object.metadata));
      else return [];
      return [everything];
    },
    sync: () => {
      const now = fresh;
      fresh = new Set();
      try {
        schedule(context, now);
      } catch (error) {
        fresh = undefined;
        throw error;
      }
    },
  });
}

/** Whether a pod has left the node. */
function makesRoom(type: string, pod: KubeObject, previous: KubeObject | undefined): boolean {
  const before = previous ?? pod;
  if (before.spec.nodeName === undefined || isOver(before)) return false;
  return type === 'DELETED' || isOver(pod);
}

function schedule(context: ControllerContext, only: ReadonlySet<string> | undefined): void {
  const { store } = context;
  const node = store.list('nodes')[0];
  if (node === undefined) return;
  const bound: KubeObject[] = [];
  const waiting: KubeObject[] = [];
  for (const pod of store.list('pods')) {
    if (isOver(pod)) continue;
    if (pod.spec.nodeName !== undefined) bound.push(pod);
    else if (pod.metadata.deletionTimestamp === undefined && pod.spec.schedulerName === source) {
      if (only === undefined || only.has(keyOf(pod.metadata))) waiting.push(pod);
    }
  }
  if (waiting.length === 0) return;
  const used = new Requests(bound);
  waiting.sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
  for (const pod of waiting) {
    const problem = claimProblem(context, pod) ?? misfit(pod, node, used);
    if (problem !== undefined) refuse(context, pod, problem);
    else {
      bind(context, pod, node);
      used.add(pod);
    }
  }
}

function claimProblem({ store }: ControllerContext, { spec, metadata }: KubeObject): Misfit | undefined {
  for (const { persistentVolumeClaim } of spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const { claimName } = persistentVolumeClaim;
    const problem = claimMisfit(claimName, store.get('persistentvolumeclaims', metadata.namespace, claimName));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function bind({ store, events }: ControllerContext, pod: KubeObject, node: KubeObject): void {
  const nodeName = node.metadata.name;
  store.update(pod, (draft) => {
    draft.spec.nodeName = nodeName;
    setScheduled(draft, { status: 'True' });
  });
  const message = `Successfully assigned ${keyOf(pod.metadata)} to ${nodeName}`;
  events.record({ object: pod, type: 'Normal', reason: 'Scheduled', message, source, action: 'Binding' });
}

function refuse({ store, events }: ControllerContext, pod: KubeObject, message: Misfit): void {
  if (conditionOf(pod, scheduled)?.message === message) return;
  store.update(pod, (draft) => setScheduled(draft, { status: 'False', reason: 'Unschedulable', message }));
  events.record({ object: pod, type: 'Warning', reason: 'FailedScheduling', message, source, action: 'Scheduling' });
}

function setScheduled(pod: KubeObject, state: Omit<Condition, 'type'>): void {
  const { generation } = pod.metadata;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const condition = timed(pod, { type: scheduled, ...state, ...observed });
  const others = (pod.status?.conditions ?? []).filter(({ type }: Condition) => type !== scheduled);
  pod.status = { ...pod.status, conditions: [...others, condition] };
}
