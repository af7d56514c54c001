/** The task's record: a ConfigMap that is the lock of its submission and what remains of it in the end. */

import type { TaskSpec } from '../../taskfile/task-spec.js';
import type { Placement } from '../domain/placement/resolve.js';
import type { LaunchRequest, Mount, PlannedObject } from '../domain/ports.js';
import type { HaltMark, NodeResult, PastAttempt, RunRules, StopMark, TaskRecord } from '../domain/task.js';
import { ANNOTATION, jobNames, LABEL, labelValue, MAX_NODES, PLAN_KEY, recordName } from './names.js';
import { timeMs, type RawConfigMap } from './objects.js';

/** Keys of the record's data. Node results are `result-{idx}`. */
const KEY = {
  owner: 'owner',
  name: 'name',
  nodes: 'nodes',
  task: PLAN_KEY,
  fingerprint: 'fingerprint',
  requestId: 'request-id',
  createdAt: 'created-at',
  rules: 'rules',
  stop: 'stop',
  halt: 'halt',
  attempt: 'attempt',
  launched: 'launched',
  result: 'result-',
} as const;

/** So many attempts of a task are remembered: as many as may count, and more than anybody reads. */
const MAX_PAST = 1000;

/** What has to be known to make a task's objects. */
export interface LaunchPlan {
  readonly spec: TaskSpec;
  readonly mounts: readonly Mount[];
  readonly placement: Placement;
}

/** The record of a task that is about to be launched. Holds nothing secret. */
export function recordObject(request: LaunchRequest): PlannedObject {
  const { spec, mounts, placement } = request;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: recordName(request.id),
      labels: taskLabels(request),
      annotations: taskAnnotations(request),
    },
    data: {
      [KEY.owner]: request.user,
      [KEY.name]: request.name,
      [KEY.nodes]: String(request.spec.numNodes),
      [KEY.task]: JSON.stringify({ spec, mounts, placement } satisfies LaunchPlan),
      [KEY.rules]: JSON.stringify(rulesOf(spec)),
      [KEY.fingerprint]: request.fingerprint,
      [KEY.createdAt]: new Date(request.createdAtMs).toISOString(),
      ...(request.requestId === '' ? {} : { [KEY.requestId]: request.requestId }),
    },
  };
}

function rulesOf({ failFast, timeoutSeconds, resources, kubernetes: { startDeadlineSeconds } }: TaskSpec): RunRules {
  const startWithinMs = typeof startDeadlineSeconds === 'number' ? startDeadlineSeconds * 1000 : startDeadlineSeconds;
  const timeoutMs = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000;
  return { failFast, timeoutMs, startWithinMs, recovery: resources.recovery };
}

/** Labels of all objects of a task. */
export function taskLabels(task: { id: string; name: string; user: string }): Record<string, string> {
  return {
    [LABEL.task]: 'true',
    [LABEL.taskId]: task.id,
    [LABEL.taskName]: labelValue(task.name),
    [LABEL.username]: labelValue(task.user),
  };
}

/** Annotations of all objects of a task. */
export function taskAnnotations(task: {
  name: string;
  user: string;
  createdAtMs: number;
  spec: TaskSpec;
}): Record<string, string> {
  return {
    [ANNOTATION.createdAt]: new Date(task.createdAtMs).toISOString(),
    [ANNOTATION.numNodes]: String(task.spec.numNodes),
    [ANNOTATION.username]: task.user,
    [ANNOTATION.taskName]: task.name,
  };
}

/** Reads a record; undefined for a ConfigMap that only looks like one. */
export function parseRecord(raw: RawConfigMap): TaskRecord | undefined {
  const { metadata, data = {} } = raw;
  const id = metadata.labels?.[LABEL.taskId];
  const user = data[KEY.owner];
  const name = data[KEY.name];
  if (!id || metadata.name !== recordName(id) || user === undefined || name === undefined) return undefined;
  const { attempt, past } = parseAttempt(data[KEY.attempt]);
  const numNodes = Math.min(MAX_NODES, Math.max(1, Math.floor(Number(data[KEY.nodes])) || 1));
  return {
    id,
    uid: metadata.uid,
    user,
    name,
    numNodes,
    jobNames: jobNames(name, id, numNodes, attempt),
    createdAtMs: timeMs(data[KEY.createdAt]) ?? timeMs(metadata.creationTimestamp) ?? 0,
    fingerprint: data[KEY.fingerprint] ?? '',
    stop: parseStop(data[KEY.stop]),
    halt: parseHalt(data[KEY.halt]),
    rules: parseJson<RunRules>(data[KEY.rules]),
    attempt,
    past,
    revision: metadata.resourceVersion,
    results: Array.from({ length: numNodes }, (_, index) => parseJson<NodeResult>(data[`${KEY.result}${index}`])),
    launched: data[KEY.launched] === 'true',
    launchNoted: data[KEY.launched] === 'true',
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

/** What the record says has to be made; undefined when it cannot be read. */
export function parsePlan(raw: RawConfigMap): LaunchPlan | undefined {
  return parseJson<LaunchPlan>(raw.data?.[KEY.task]);
}

/** Merge patch that writes the stop mark. */
export function stopPatch(mark: StopMark): object {
  return { data: { [KEY.stop]: JSON.stringify(mark) } };
}

/** Merge patch that writes the mark of a halt, unless the record has changed since it was read. */
export function haltPatch(mark: HaltMark, revision: string): object {
  return { metadata: { resourceVersion: revision }, data: { [KEY.halt]: JSON.stringify(mark) } };
}

/**
 * Merge patch that begins the next attempt, unless the record has changed since it was read: what came of the one before goes to the
 * past attempts.
 */
export function attemptPatch(record: TaskRecord, ended: PastAttempt): object {
  const results = Array.from({ length: record.numNodes }, (_, index) => [`${KEY.result}${index}`, null]);
  const attempt = { number: record.attempt + 1, past: [...record.past, ended].slice(-MAX_PAST) };
  return {
    metadata: { resourceVersion: record.revision },
    data: {
      [KEY.attempt]: JSON.stringify(attempt),
      [KEY.halt]: null,
      [KEY.launched]: null,
      ...(Object.fromEntries(results) as Record<string, null>),
    },
  };
}

/**
 * Merge patch that notes that all Jobs have existed, and how nodes ended, unless the record has changed since it was read: another attempt
 * may have begun, of which this is not true.
 */
export function progressPatch(launched: boolean, results: ReadonlyMap<number, NodeResult>, revision: string): object {
  const entries = [...results].map(([index, result]) => [`${KEY.result}${index}`, JSON.stringify(result)]);
  return {
    metadata: { resourceVersion: revision },
    data: { ...(launched ? { [KEY.launched]: 'true' } : {}), ...Object.fromEntries(entries) },
  };
}

function parseStop(text: string | undefined): StopMark | undefined {
  const mark = parseJson<Partial<StopMark>>(text);
  return mark && { user: '', timeMs: 0, reason: '', startedAtMs: {}, ...mark };
}

function parseAttempt(text: string | undefined): Pick<TaskRecord, 'attempt' | 'past'> {
  const { number = 0, past = [] } = parseJson<{ number?: number; past?: readonly PastAttempt[] }>(text) ?? {};
  return { attempt: number, past };
}

function parseHalt(text: string | undefined): HaltMark | undefined {
  const mark = parseJson<Partial<HaltMark>>(text);
  return mark && { timeMs: 0, blamed: [], reason: '', message: '', startedAtMs: {}, ...mark };
}

function parseJson<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    // Somebody edited the record: what cannot be read counts as not written.
    return undefined;
  }
}
