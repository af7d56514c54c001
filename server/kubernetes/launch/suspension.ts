/** Ends tasks before their time: a mark in the record says who and why, and suspended Jobs end their pods. */

import type { HaltMark, StopMark, TaskRecord, TaskView } from '../../domain/task.js';
import type { TaskCache } from '../cache/cache.js';
import { deletionOf, isGone } from '../api/delete.js';
import { hasCode, toTaskError } from '../api/errors.js';
import { ANNOTATION, recordName } from '../names.js';
import type { RawConfigMap, RawJob } from '../objects.js';
import type { Paths } from '../paths.js';
import { haltPatch, stopPatch } from '../record.js';
import type { KubeClient } from '../api/client.js';
import { inParallelAfterFirst } from './in-parallel.js';

/** Who is named on Jobs that no user stopped. */
const HALTED_BY = 'k8s-cli';

/** The suspension of tasks of one namespace. */
export class Suspension {
  readonly #client: KubeClient;
  readonly #paths: Paths;
  readonly #cache: TaskCache;

  constructor(client: KubeClient, paths: Paths, cache: TaskCache) {
    this.#client = client;
    this.#paths = paths;
    this.#cache = cache;
  }

  /** Writes the mark of a stop, unless there is one, then suspends what still runs. */
  async stop(view: TaskView, mark: StopMark, graceSeconds: number | undefined, signal: AbortSignal): Promise<void> {
    try {
      let begun = await this.#markStopped(view.record, mark, signal);
      // Before their Jobs end them: a kubelet that has begun to stop a pod hears of no other time.
      if (graceSeconds !== undefined) begun = await this.#deletePods(view, graceSeconds, begun, signal);
      await this.#suspendJobs(view, mark, begun, signal);
    } catch (error) {
      throw toTaskError(error, `stopping task ${view.record.id}`);
    }
  }

  /** Writes the mark of a halt, unless the record has changed meanwhile (409), then suspends what still runs. */
  async halt(view: TaskView, mark: HaltMark, signal: AbortSignal): Promise<void> {
    const { id, revision } = view.record;
    const path = `${this.#paths.configMaps}/${recordName(id)}`;
    const body = haltPatch(mark, revision);
    const answer = await this.#client.request<RawConfigMap>({ method: 'PATCH', path, body, signal });
    this.#cache.applyRecord(answer.body);
    await this.#suspendHalted(view, mark, signal);
  }

  /** Suspends what still runs of a task that is marked as halted or stopped; of another one nothing. */
  async suspend(view: TaskView, signal: AbortSignal): Promise<void> {
    const { halt, stop } = view.record;
    if (halt) await this.#suspendHalted(view, halt, signal);
    else if (stop) await this.#suspendJobs(view, stop, true, signal);
  }

  /** Whether it had anything to write. */
  async #markStopped(record: TaskRecord, mark: StopMark, signal: AbortSignal): Promise<boolean> {
    if (record.stop || record.uid === undefined) return false;
    const path = `${this.#paths.configMaps}/${recordName(record.id)}`;
    const request = { method: 'PATCH', path, body: stopPatch(mark), first: true, signal } as const;
    this.#cache.applyRecord((await this.#client.request<RawConfigMap>(request)).body);
    return true;
  }

  /**
   * Deletes the pods that have more time to end than this. A Job of ours allows no failure and makes no other; what a Job of another
   * tool makes is ended by its suspension. Returns whether anything was done by now.
   */
  async #deletePods(view: TaskView, gracePeriodSeconds: number, begun: boolean, signal: AbortSignal): Promise<boolean> {
    const slow = view.nodes.flatMap(({ pod }) =>
      pod && pod.container.state !== 'terminated' && pod.graceSeconds > gracePeriodSeconds ? [pod] : [],
    );
    await inParallelAfterFirst(slow, begun, async ({ name, uid }, first) => {
      const body = { ...deletionOf(uid), gracePeriodSeconds };
      try {
        await this.#client.request({ method: 'DELETE', path: `${this.#paths.pods}/${name}`, body, first, signal });
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    });
    return begun || slow.length > 0;
  }

  /** Suspends every Job of a halted task that has not ended. */
  #suspendHalted(view: TaskView, { timeMs, blamed, message }: HaltMark, signal: AbortSignal): Promise<void> {
    const reason = message || `node-${blamed[0]} failed`;
    return this.#suspendJobs(view, { user: HALTED_BY, timeMs, reason, startedAtMs: {} }, true, signal);
  }

  /** Suspends every Job that has not ended and is not suspended by this mark yet. */
  async #suspendJobs(view: TaskView, mark: StopMark, begun: boolean, signal: AbortSignal): Promise<void> {
    const jobs = view.nodes.flatMap(({ job }) => (job && !job.outcome && !(job.suspended && job.stop) ? [job] : []));
    const body = {
      metadata: {
        annotations: {
          [ANNOTATION.stoppedBy]: mark.user,
          [ANNOTATION.stoppedAt]: new Date(mark.timeMs).toISOString(),
          ...(mark.reason === '' ? {} : { [ANNOTATION.stopReason]: mark.reason }),
        },
      },
      spec: { suspend: true },
    };
    await inParallelAfterFirst(jobs, begun, async ({ name }, first) => {
      try {
        const answer = await this.#client.request<RawJob>({
          method: 'PATCH',
          path: `${this.#paths.jobs}/${name}`,
          body,
          first,
          signal,
        });
        this.#cache.applyJob(answer.body);
      } catch (error) {
        // A Job that is gone needs no stop.
        if (!hasCode(error, 404)) throw error;
      }
    });
  }
}
