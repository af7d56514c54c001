/** What is worth telling of a node besides its log: what it waits for and for how long, and how it ended. */

import type { Clock } from '../ports.js';
import { causeOf } from '../status/causes/causes.js';
import { PULL } from '../status/causes/waiting.js';
import type { TaskNode, TaskState, TaskView } from '../task.js';
import type { Sight } from './sight.js';

/** A start that takes no longer than this is not worth a notice. */
const START_PATIENCE_MS = 3000;
/** Smallest time between two notices of one waiting node, so that a changing reason does not flood the reader. */
const NOTICE_EVERY_MS = 1000;
/** What has not changed is told again after this time, then after twice as long each time: it still waits. */
const FIRST_REMINDER_MS = 15_000;
const LAST_REMINDER_MS = 600_000;
/** Where a pod is refused, each try has another name; that is no other reason. */
const POD_SUFFIX = /-[a-z0-9]{5}"/g;
/** What stands before the reason while the kubelet waits to pull again; of older ones all that they say. */
const BACK_OFF = /^Back-off pulling image "[^"]*"(?:: ErrImagePull: )?/;

/** Reasons that every node waits for, mostly for a moment. */
const STARTING = new Set([
  'Submitting',
  'WaitingForPod',
  'WaitingForScheduler',
  'Scheduled',
  'ContainerCreating',
  'PodInitializing',
  'Pulling',
]);

/** Something about a node, in words. */
export interface Notice {
  readonly state: TaskState;
  readonly message: string;
  /** For how long it has waited for that; undefined when it does not wait. */
  readonly waitedMs: number | undefined;
  /** What to do about what it waits for; empty when waiting is right, and of a node that has ended. */
  readonly fix: string;
}

/** What a node waits for, told from other things by its key. */
interface Subject {
  readonly key: string;
  /** It is its image. */
  readonly pulling: boolean;
  readonly why: string;
  readonly fix: string;
}

/** How a node ended that did not end well. */
export function endNotice({ state, message, reason }: TaskNode): Notice {
  const text = state === 'STOPPED' ? message || 'stopped' : `failed: ${message || reason}`;
  return { state, message: text, waitedMs: undefined, fix: '' };
}

/** What one node waits for: each new reason, and now and then one that stays. */
export class WaitNotices {
  readonly #sight: Sight;
  readonly #clock: Clock;
  readonly #sinceMs: number;
  #last: Subject | undefined;
  #toldAtMs = -Infinity;
  #remindAfterMs = FIRST_REMINDER_MS;

  constructor(sight: Sight, clock: Clock) {
    this.#sight = sight;
    this.#clock = clock;
    this.#sinceMs = clock.now();
  }

  /** What is to be told now; undefined when the node does not wait, or nothing is new. */
  async next(index: number): Promise<Notice | undefined> {
    const { view } = this.#sight;
    const node = (await this.#sight.explained()).nodes[index];
    const nowMs = this.#clock.now();
    const silentMs = nowMs - this.#toldAtMs;
    if (!node || node.state !== 'PENDING' || silentMs < NOTICE_EVERY_MS) return undefined;
    if (STARTING.has(node.reason) && nowMs - this.#sinceMs < START_PATIENCE_MS) return undefined;
    const subject = subjectOf(node, this.#last);
    if (subject.key !== this.#last?.key) this.#remindAfterMs = FIRST_REMINDER_MS;
    else if (silentMs < this.#remindAfterMs) return undefined;
    else this.#remindAfterMs = Math.min(LAST_REMINDER_MS, this.#remindAfterMs * 2);
    this.#last = subject;
    this.#toldAtMs = nowMs;
    const { why, fix } = subject;
    const message = why.startsWith('waiting') ? why : `waiting: ${why}`;
    const waitedMs = Math.max(0, nowMs - waitingSinceMs(view, index));
    return { state: node.state, message, waitedMs, fix };
  }
}

function subjectOf(node: TaskNode, last: Subject | undefined): Subject {
  const { reason } = node;
  const pulling = PULL.includes(reason);
  const message = node.message.replace(BACK_OFF, '');
  if (pulling && last?.pulling && message === '') return last;
  const cause = causeOf(node);
  // Of an image each try fails in slightly other words.
  const key = pulling && cause ? cause.category : message.replaceAll(POD_SUFFIX, '"');
  return { key, pulling, why: message || node.message || reason, fix: cause?.fix ?? '' };
}

/** Since when a node waits for what it waits for: its pod, a machine for it, or what comes on the machine. */
function waitingSinceMs({ record, nodes }: TaskView, index: number): number {
  const pod = nodes[index]?.pod;
  return pod?.scheduledAtMs ?? pod?.createdAtMs ?? record.createdAtMs;
}
