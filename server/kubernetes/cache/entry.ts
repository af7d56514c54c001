/** All that is known of one task, and how it is shown. */

import type { TaskPosition } from '../../domain/ports.js';
import type { NodeView, PodView, TaskRecord, TaskView } from '../../domain/task.js';
import { remember } from '../remember.js';
import { OneOrMore } from './one-or-more.js';
import type { Owned, OwnedJob, OwnedPod } from './project.js';

/** What is known of an object, as of a revision. */
export type Versioned<T> = { readonly view: T; readonly revision: bigint };

/** All that is known of one task. */
export interface Entry {
  readonly id: string;
  record: Versioned<TaskRecord> | undefined;
  /** Uid of the latest record, which may be gone. */
  recordUid: string | undefined;
  /** By uid. */
  readonly jobs: OneOrMore<string, Versioned<OwnedJob>>;
  readonly pods: OneOrMore<string, Versioned<OwnedPod>>;
  changedAtMs: number;
  /** Where the task stands in the lists; undefined while it is not listed. */
  listed: (TaskPosition & { readonly user: string }) | undefined;
  /** Made when asked for, thrown away at each change and at the time when it becomes untrue by itself. */
  view: TaskView | undefined;
  viewUntilMs: number;
  /** Of a task without a record: the number of nodes with which all its Jobs have existed. */
  wholeWith: number;
  /** Of a task with a record: the attempt of which all Jobs have existed. */
  wholeAttempt: number | undefined;
  /** The last pod of each node that is gone, as it was seen last: it is known for longer than it is there. */
  gone: Map<number, OwnedPod> | undefined;
  /** Of Jobs that are gone, by uid: the uid of their record. Their pods may still be ending. */
  recordUids: Map<string, string> | undefined;
  /** Those of the view before: what has not changed stays the same object. */
  nodes: readonly NodeView[];
}

/** Other tools are given this long to make all Jobs of a task; one that is missing after it counts as deleted. */
const FOREIGN_PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 1000;

const NO_NODES: readonly NodeView[] = [];

/** A task of which nothing is known yet. */
export function newEntry(id: string): Entry {
  return {
    id,
    record: undefined,
    recordUid: undefined,
    jobs: new OneOrMore(),
    pods: new OneOrMore(),
    changedAtMs: 0,
    listed: undefined,
    view: undefined,
    viewUntilMs: Infinity,
    wholeWith: 0,
    wholeAttempt: undefined,
    gone: undefined,
    recordUids: undefined,
    nodes: NO_NODES,
  };
}

/** The task as it is now; undefined while neither a record nor a Job of its own tells of it. */
export function viewOf(entry: Entry, nowMs: number): TaskView | undefined {
  if (entry.view && nowMs < entry.viewUntilMs) return entry.view;
  const record = recordOf(entry, nowMs);
  if (!record) return undefined;
  entry.viewUntilMs = record.uid === undefined && !record.launched ? nowMs + LOOK_AGAIN_MS : Infinity;
  const present = ({ attempt }: { readonly attempt: number }): boolean => attempt === record.attempt;
  const jobs = newestOf(entry.jobs, (job) => job.recordUid === record.uid && present(job));
  // Where a task with the same id was deleted before, its pods may still be ending.
  const counts = (pod: OwnedPod): boolean => {
    const job = jobs.get(pod.index)?.newest;
    if (!present(pod) || record.uid === undefined || pod.jobUid === undefined) return present(pod);
    return job ? pod.jobUid === job.uid : (recordUidOf(entry, pod.jobUid) ?? record.uid) === record.uid;
  };
  const pods = newestOf(entry.pods, counts);
  const nodes = Array.from({ length: record.numNodes }, (_, index): NodeView => {
    const job = jobs.get(index)?.newest;
    const pod = pods.get(index);
    const gone = entry.gone?.get(index);
    const node = {
      index,
      jobName: job?.name ?? record.jobNames[index] ?? '',
      job,
      pod: pod?.newest,
      livePods: pod?.live ?? 0,
      gone: gone && counts(gone) ? gone : undefined,
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
  const jobs = entry.jobs
    .values()
    .map(({ view }) => view)
    .filter((job) => job.recordUid === undefined);
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
    launchNoted: true,
    launched: names.size === numNodes || entry.wholeWith === numNodes || nowMs - lastMadeMs >= FOREIGN_PATIENCE_MS,
    deleting: false,
  };
}

/** Takes it that all Jobs of a task with a record have existed as soon as that was seen, which is written down a while later. */
export function noteWhole(entry: Entry): void {
  const { record } = entry;
  if (!record || record.view.launched) return;
  const { uid, attempt, numNodes } = record.view;
  if (entry.wholeAttempt !== attempt) {
    const jobs = entry.jobs.values().filter(({ view }) => view.recordUid === uid && view.attempt === attempt);
    if (new Set(jobs.map(({ view }) => view.index)).size < numNodes) return;
    entry.wholeAttempt = attempt;
  }
  entry.record = { ...record, view: { ...record.view, launched: true } };
}

/** Takes in a record. What was known of an earlier one with the same id, which was deleted, says nothing of this one. */
export function noteRecord(entry: Entry, record: Versioned<TaskRecord>): void {
  const { uid } = record.view;
  if (entry.recordUid !== undefined && entry.recordUid !== uid) {
    entry.wholeAttempt = undefined;
    entry.gone = undefined;
  }
  entry.recordUid = uid;
  entry.record = record;
}

/** Keeps what was seen last of a pod that goes now; of a Job, to which record it belonged. */
export function noteGone(entry: Entry, object: Owned): void {
  if ('container' in object) {
    entry.gone ??= new Map();
    const known = entry.gone.get(object.index);
    if (!known || known.createdAtMs <= object.createdAtMs) entry.gone.set(object.index, object);
  } else if (object.recordUid !== undefined) {
    entry.recordUids ??= new Map();
    remember(entry.recordUids, object.uid, object.recordUid);
  }
}

/** Uid of the record of a Job, which may be gone; undefined where that is not known. */
function recordUidOf(entry: Entry, jobUid: string): string | undefined {
  return entry.jobs.get(jobUid)?.view.recordUid ?? entry.recordUids?.get(jobUid);
}

function isSame(a: NodeView, b: NodeView): boolean {
  return (['jobName', 'job', 'pod', 'livePods', 'gone'] as const).every((key) => a[key] === b[key]);
}

interface Made {
  readonly index: number;
  readonly createdAtMs: number;
  readonly deleting: boolean;
  /** Of a pod. */
  readonly phase?: PodView['phase'];
}

/** By node: the newest object, of those that are not being deleted where there are such, and how many have not ended. */
function newestOf<T extends Made>(
  objects: OneOrMore<string, Versioned<T>>,
  counts: (object: T) => boolean,
): OneOrMore<number, { newest: T; live: number }> {
  const found = new OneOrMore<number, { newest: T; live: number }>();
  for (const { view } of objects.values()) {
    if (!counts(view)) continue;
    const live = view.phase === 'Succeeded' || view.phase === 'Failed' ? 0 : 1;
    const known = found.get(view.index);
    if (!known) {
      found.set(view.index, { newest: view, live });
      continue;
    }
    known.live += live;
    const { newest } = known;
    if (newest.deleting === view.deleting ? newest.createdAtMs < view.createdAtMs : newest.deleting)
      known.newest = view;
  }
  return found;
}
