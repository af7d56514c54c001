/** When the server ends a task by itself, because a node failed, because time is up, or because a node will never start. */

import type { EventsByUid } from '../ports.js';
import type { HaltMark, NodeView, RunRules, TaskNode, TaskRecord, TaskView } from '../task.js';
import { explainingUid } from './aggregate.js';
import { causeOf } from './causes/causes.js';
import { SOME_TRIES_MS } from './causes/waiting.js';
import { firstFailed } from './diagnosis.js';
import { GANG_TIMEOUT, gangHalt } from './gang.js';
import { nodeState } from './node-state.js';
import { hasEnded, MAX_ATTEMPTS } from './retry.js';
import { isSilent } from './silent.js';

/** A halt, and when it is due; it may be due already. Until then the task may change, and with it the halt. */
export interface Halt {
  readonly atMs: number;
  readonly mark: Omit<HaltMark, 'timeMs' | 'startedAtMs'>;
}

/**
 * How long a node may take to start once a machine was found for it: even very large images are there by then. How long it waits
 * for a machine is a matter of how busy the cluster is, and not limited.
 */
const START_PATIENCE_MS = 30 * 60_000;
/**
 * A cluster that has neither made a pod nor found a machine for it, nor said why, may be busy: it has so much longer to say why before a
 * node is given up.
 */
const EXPLAIN_MS = 10_000;

/**
 * The next halt of a task, if nothing changes; undefined when there is none to come. `podsReadyMs` is how long the task may hold
 * machines for some of its nodes while others find none, undefined for ever. Without events the halt says when they are to be asked
 * for, and less exactly why a node did not start; with them it may be later.
 */
export function haltOf(view: TaskView, podsReadyMs: number | undefined, events?: EventsByUid): Halt | undefined {
  const { record, nodes: views } = view;
  const rules = rulesOf(record);
  if (!rules) return undefined;
  const nodes = views.map((own) => nodeState(own, record, events?.get(explainingUid(own))));
  const open = nodes.filter((node) => !hasEnded(node));
  if (open.length === 0) return undefined;
  const halts = [
    ...(rules.failFast ? failureOf(nodes) : []),
    ...timeoutOf(nodes, open, rules),
    ...gangOf(view, nodes, rules, podsReadyMs),
    ...open.flatMap((node) => startOf(node, views[node.index], rules, events !== undefined)),
  ];
  return halts.toSorted((a, b) => a.atMs - b.atMs)[0];
}

/**
 * When a node has waited on its machine for so long that it may never start, while only events can tell; undefined when none does.
 * They are to be looked at then, and {@link haltOf} says with them whether it is so.
 */
export function doubtAtMs({ record, nodes }: TaskView): number | undefined {
  const rules = rulesOf(record);
  if (!rules || rules.startWithinMs === 'any') return undefined;
  const times = nodes.flatMap((view) => {
    const { pod } = view;
    const waits = pod?.scheduledAtMs !== undefined && pod.container.state === 'waiting';
    return waits && isSilent(nodeState(view, record)) ? [pod.scheduledAtMs + SOME_TRIES_MS] : [];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What a task is to be ended by; undefined when it is not, or is being ended already. */
function rulesOf({ rules, stop, halt, deleting }: TaskRecord): RunRules | undefined {
  return stop || halt || deleting ? undefined : rules;
}

/** The mark of a halt that is due, as it is written into the record. */
export function haltMark({ mark }: Halt, { record, nodes }: TaskView, nowMs: number): HaltMark {
  return { ...mark, timeMs: nowMs, startedAtMs: startsOf(nodes, record) };
}

function startsOf(views: readonly NodeView[], record: TaskRecord): Record<number, number> {
  const started = views.flatMap((view) => {
    const { startedAtMs } = nodeState(view, record);
    return startedAtMs === undefined ? [] : [[view.index, startedAtMs]];
  });
  return Object.fromEntries(started) as Record<number, number>;
}

function failureOf(nodes: readonly TaskNode[]): readonly Halt[] {
  const first = firstFailed(nodes);
  if (!first) return [];
  const others = nodes.filter((node) => node.state === 'FAILED' && node !== first).map(({ index }) => index);
  return [{ atMs: -Infinity, mark: { blamed: [first.index, ...others], reason: '', message: '' } }];
}

function timeoutOf(nodes: readonly TaskNode[], open: readonly TaskNode[], { timeoutMs }: RunRules): readonly Halt[] {
  const starts = nodes.flatMap(({ startedAtMs }) => startedAtMs ?? []);
  if (timeoutMs === undefined || starts.length === 0) return [];
  const message = `the task ran longer than its timeout of ${lengthOf(timeoutMs)}`;
  const blamed = open.map(({ index }) => index);
  return [{ atMs: Math.min(...starts) + timeoutMs, mark: { blamed, reason: 'DeadlineExceeded', message } }];
}

function gangOf(
  view: TaskView,
  nodes: readonly TaskNode[],
  { startWithinMs }: RunRules,
  podsReadyMs: number | undefined,
): readonly Halt[] {
  // Who says how long nodes may take to start has an end to it anyway.
  if (podsReadyMs === undefined || typeof startWithinMs === 'number' || view.record.attempt >= MAX_ATTEMPTS) return [];
  const due = gangHalt(view, nodes, podsReadyMs);
  if (!due) return [];
  const { atMs, missing, retryMs } = due;
  const [first] = missing;
  const why = first && (first.message || first.reason);
  const message = `not all nodes found a machine within ${lengthOf(podsReadyMs)} (node-${first?.index}: ${why})`;
  return [{ atMs, mark: { blamed: missing.map(({ index }) => index), reason: GANG_TIMEOUT, message, retryMs } }];
}

function startOf(
  node: TaskNode,
  view: NodeView | undefined,
  { startWithinMs }: RunRules,
  asked: boolean,
): readonly Halt[] {
  if (node.state !== 'PENDING' || !view?.job || view.job.suspended) return [];
  const { pod, job } = view;
  const why = node.message || node.reason;
  const halts: Halt[] = [];
  const patience = (fromMs: number | undefined, ms: number, what: string, longerMs = 0): void => {
    if (fromMs === undefined) return;
    const message = `did not start within ${lengthOf(ms)} ${what}: ${why}`;
    halts.push({ atMs: fromMs + ms + longerMs, mark: { blamed: [node.index], reason: 'DeadlineExceeded', message } });
  };
  if (startWithinMs === undefined) patience(pod?.scheduledAtMs, START_PATIENCE_MS, 'on its machine');
  else if (startWithinMs !== 'any') {
    const unexplained = asked && pod?.scheduledAtMs === undefined && isSilent(node);
    patience(job.activeSinceMs, startWithinMs, '(provision_timeout)', unexplained ? EXPLAIN_MS : 0);
  }
  const hopelessAfterMs = causeOf(node)?.hopelessAfterMs;
  if (hopelessAfterMs !== undefined && startWithinMs !== 'any' && pod?.scheduledAtMs !== undefined) {
    const mark = { blamed: [node.index], reason: node.reason, message: node.message };
    halts.push({ atMs: pod.scheduledAtMs + hopelessAfterMs, mark });
  }
  return halts;
}

/** `90s`, `5m`, `1h30m`. */
function lengthOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ];
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`);
  return shown.length === 0 ? '0s' : shown.join('');
}
