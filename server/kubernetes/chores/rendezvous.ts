/**
 * Brings the nodes of a task together: tells each pod, in an annotation, the addresses of all nodes as soon as they are known, and
 * that run may start as soon as setup is done everywhere. Every server does it for every task; telling twice does no harm.
 */

import { type Meeting, meetingOf } from '../../domain/status/meeting.js';
import type { PodView, TaskView } from '../../domain/task.js';
import type { TaskCache } from '../cache/cache.js';
import { hasCode } from '../api/errors.js';
import { inTurns } from '../../in-turns.js';
import { messageOf } from '../../message-of.js';
import { pause, type Pause } from '../../pause.js';
import { ANNOTATION } from '../names.js';
import type { RawPod } from '../objects.js';
import type { Paths } from '../paths.js';
import { digestOf } from '../peers-digest.js';
import type { KubeClient } from '../api/client.js';

const TICK_MS = 50;
/** Who is missing is told after this time, and no more often. */
const TELL_MISSING_MS = 5000;
const RETRY_MS = 1000;
const PATCH_TIMEOUT_MS = 10_000;
/** How many pods of one task are told at a time. */
const CONCURRENCY = 8;

/** Tells the time, in milliseconds since 1970, and passes it. */
interface Time {
  now(): number;
  readonly wait: Pause;
}

/** The part of one server process in it. */
export class Rendezvous {
  readonly #client: KubeClient;
  readonly #paths: Paths;
  readonly #cache: TaskCache;
  readonly #log: (message: string) => void;
  readonly #time: Time;
  /** Of these it is not known yet whether they have nodes to be brought together; a task that is new changes several times in a row. */
  readonly #changed = new Set<string>();
  /** Tasks to look at, and when. */
  readonly #due = new Map<string, number>();
  /** When to tell who is missing, of tasks that wait for somebody. */
  readonly #tellMissing = new Map<string, number>();
  readonly #busy = new Set<string>();

  constructor(
    client: KubeClient,
    paths: Paths,
    cache: TaskCache,
    log: (message: string) => void,
    time: Time = { now: Date.now, wait: pause },
  ) {
    this.#client = client;
    this.#paths = paths;
    this.#cache = cache;
    this.#log = log;
    this.#time = time;
    cache.onAnyChange((taskId) => this.#changed.add(taskId));
  }

  /** Works until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#cache.ready(signal).catch(() => {});
    while (await this.#time.wait(TICK_MS, signal)) {
      for await (const taskId of inTurns(this.#changed)) {
        this.#changed.delete(taskId);
        const view = this.#cache.peek(taskId);
        if (view === undefined || view.record.numNodes > 1) this.#due.set(taskId, 0);
      }
      const nowMs = this.#time.now();
      for (const [taskId, atMs] of this.#tellMissing)
        if (atMs <= nowMs && !this.#due.has(taskId)) this.#due.set(taskId, 0);
      for (const [taskId, atMs] of this.#due) {
        if (atMs > nowMs || this.#busy.has(taskId)) continue;
        this.#due.delete(taskId);
        this.#busy.add(taskId);
        void this.#look(taskId, nowMs, signal).finally(() => this.#busy.delete(taskId));
      }
    }
  }

  async #look(taskId: string, nowMs: number, signal: AbortSignal): Promise<void> {
    const view = this.#cache.peek(taskId);
    const meeting = view && meetingOf(view);
    if (meeting === undefined || meeting.phase === 'run' || meeting.phase === 'lost') this.#tellMissing.delete(taskId);
    else if (!this.#tellMissing.has(taskId)) this.#tellMissing.set(taskId, nowMs + TELL_MISSING_MS);
    if (view === undefined || meeting === undefined) return;
    const mayTellMissing = (this.#tellMissing.get(taskId) ?? 0) <= nowMs;
    if (mayTellMissing && this.#tellMissing.has(taskId)) this.#tellMissing.set(taskId, nowMs + TELL_MISSING_MS);
    try {
      await this.#tell(podsToTell(view, meeting, mayTellMissing), textOf(meeting, mayTellMissing), signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#log(`task ${taskId}: telling its nodes of each other: ${messageOf(error)}`);
      this.#due.set(taskId, nowMs + RETRY_MS);
    }
  }

  async #tell(pods: readonly PodView[], text: string, signal: AbortSignal): Promise<void> {
    const queue = pods.values();
    const worker = async (): Promise<void> => {
      for (const { name, uid } of queue) {
        try {
          const { body } = await this.#client.request<RawPod>({
            method: 'PATCH',
            path: `${this.#paths.pods}/${name}`,
            // A pod of the same name that came later is not meant.
            body: { metadata: { uid, annotations: { [ANNOTATION.peers]: text } } },
            signal: AbortSignal.any([signal, AbortSignal.timeout(PATCH_TIMEOUT_MS)]),
          });
          this.#cache.applyPod(body);
        } catch (error) {
          if (!hasCode(error, 404) && !hasCode(error, 409)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, pods.length) }, worker));
  }
}

function podsToTell({ nodes }: TaskView, meeting: Meeting, withMissing: boolean): readonly PodView[] {
  // Nothing is to be told before somebody is missed for some time.
  if (meeting.phase === 'wait' && !withMissing) return [];
  const digest = digestOf(textOf(meeting, withMissing));
  return nodes.flatMap(({ pod }) => {
    if (pod === undefined || pod.deleting || (pod.phase !== 'Pending' && pod.phase !== 'Running')) return [];
    if (pod.peers?.phase === 'run' || pod.peers?.digest === digest) return [];
    return pod.peers?.phase === meeting.phase && !withMissing ? [] : [pod];
  });
}

/** What the file in the container says: the phase, the addresses, and who is missing. */
function textOf({ phase, addresses, missing }: Meeting, withMissing: boolean): string {
  return `${phase}\n${addresses.join(' ')}\n${withMissing || phase === 'lost' ? missing : ''}\n`;
}
