/** All that is known of one task, and how it is shown. */

import type { TaskPosition } from '../domain/ports.js';
import type { NodeView, PodView, TaskRecord, TaskView } from '../domain/task.js';
import type { OwnedJob } from './project.js';

/** What is known of an object, as of a revision. */
export type Versioned<T> = { readonly view: T; readonly revision: bigint };

/** All that is known of one task. */
export interface Entry {
  readonly id: string;
  record: Versioned<TaskRecord> | undefined;
  readonly jobs: Map<string, Versioned<OwnedJob>>;
  readonly pods: Map<string, Versioned<PodView>>;
  changedAtMs: number;
  /** Where the task stands in the lists; undefined while it is not listed. */
  listed: (TaskPosition & { readonly user: string }) | undefined;
  /** Made when asked for, thrown away at each change and at the time when it becomes untrue by itself. */
  view: TaskView | undefined;
  viewUntilMs: number;
  /** Of a task without a record: the number of nodes with which all its Jobs have existed. */
  wholeWith: number;
  /** The last pod of each node that is gone, as it was seen last: it is known for longer than it is there. */
  readonly gone: Map<number, PodView>;
  /** Those of the view before: what has not changed stays the same object. */
  nodes: readonly NodeView[];
}

/** Other tools are given this long to make all Jobs of a task; one that is missing after it counts as deleted. */
const FOREIGN_PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 1000;

/** A task of which nothing is known yet. */
export function newEntry(id: string): Entry {
  return {
    id,
    record: undefined,
    jobs: new Map(),
    pods: new Map(),
    changedAtMs: 0,
    listed: undefined,
    view: undefined,
    viewUntilMs: Infinity,
    wholeWith: 0,
    gone: new Map(),
    nodes: [],
  };
}

/** The task as it is now; undefined while neither a record nor a Job of its own tells of it. */
export function viewOf(entry: Entry, nowMs: number): TaskView | undefined {
  if (entry.view && nowMs < entry.viewUntilMs) return entry.view;
  const record = recordOf(entry, nowMs);
  if (!record) return undefined;
  entry.viewUntilMs = record.uid === undefined && !record.launched ? nowMs + LOOK_AGAIN_MS : Infinity;
  const owned = record.uid !== undefined;
  const present = ({ attempt }: { readonly attempt: number }): boolean => attempt === record.attempt;
  const jobs = byIndex(
    [...entry.jobs.values()].map(({ view }) => view).filter((job) => job.owned === owned && present(job)),
  );
  const pods = byIndex([...entry.pods.values()].map(({ view }) => view).filter(present));
  const nodes = Array.from({ length: record.numNodes }, (_, index): NodeView => {
    const job = newest(jobs.get(index) ?? []);
    const own = pods.get(index) ?? [];
    const gone = entry.gone.get(index);
    const live = own.filter((pod) => pod.phase !== 'Succeeded' && pod.phase !== 'Failed');
    const jobName = job?.name ?? record.jobNames[index] ?? '';
    const node = {
      index,
      jobName,
      job,
      pod: newest(own),
      livePods: live.length,
      gone: gone && present(gone) ? gone : undefined,
    };
    const before = entry.nodes[index];
    return before && isSame(before, node) ? before : node;
  });
  entry.nodes = nodes;
  entry.view = { record, nodes, changedAtMs: entry.changedAtMs };
  return entry.view;
}

/** The record, or what stands for it in a task that other tools made. */
export function recordOf(entry: Entry, nowMs: number): TaskRecord | undefined {
  if (entry.record) return entry.record.view;
  // A Job that has a record which is not here belongs to a task that is being removed, or whose record comes in a moment.
  const jobs = [...entry.jobs.values()].map(({ view }) => view).filter((job) => !job.owned);
  const first = jobs.toSorted((a, b) => a.index - b.index)[0];
  if (!first) return undefined;
  const numNodes = Math.max(first.numNodes, ...jobs.map((job) => job.index + 1));
  const lastMadeMs = Math.max(...jobs.map(({ madeAtMs }) => madeAtMs));
  const names = new Map(jobs.map(({ index, name }) => [index, name]));
  return {
    id: entry.id,
    uid: undefined,
    user: first.user,
    name: first.taskName,
    numNodes,
    jobNames: Array.from({ length: numNodes }, (_, index) => names.get(index) ?? ''),
    createdAtMs: first.createdAtMs,
    fingerprint: '',
    stop: jobs.find((job) => job.stop)?.stop,
    halt: undefined,
    rules: undefined,
    attempt: 0,
    past: [],
    revision: '',
    results: [],
    launched: names.size === numNodes || entry.wholeWith === numNodes || nowMs - lastMadeMs >= FOREIGN_PATIENCE_MS,
    deleting: false,
  };
}

/** Keeps what was seen last of a pod that goes now. */
export function noteGone({ gone }: Entry, pod: PodView): void {
  const known = gone.get(pod.index);
  if (!known || known.createdAtMs <= pod.createdAtMs) gone.set(pod.index, pod);
}

function byIndex<T extends { readonly index: number }>(items: readonly T[]): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(item.index);
    if (group) group.push(item);
    else groups.set(item.index, [item]);
  }
  return groups;
}

function isSame(a: NodeView, b: NodeView): boolean {
  return (['jobName', 'job', 'pod', 'livePods', 'gone'] as const).every((key) => a[key] === b[key]);
}

function newest<T extends { readonly createdAtMs: number; readonly deleting: boolean }>(
  items: readonly T[],
): T | undefined {
  return items.toSorted((a, b) => Number(a.deleting) - Number(b.deleting) || b.createdAtMs - a.createdAtMs)[0];
}
