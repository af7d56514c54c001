/**
 * What becomes of a submission at which several servers may be at work: who has made all of it notes that in the record, who was
 * refused deletes the record, and the cluster lets only one of them succeed, as each does so only to the record that it has read.
 */

import { hasCode } from '../api/errors.js';
import type { KubeClient } from '../api/client.js';
import { deletionOf } from '../api/delete.js';
import type { TaskCache } from '../cache/cache.js';
import type { LaunchedTask } from '../manifests/task.js';
import { recordName } from '../names.js';
import type { RawConfigMap } from '../objects.js';
import type { Paths } from '../paths.js';
import { parseRecord, progressPatch } from '../record.js';
import { undone } from './refusals.js';

/** The settlement of the submissions of one namespace. */
export class Settlement {
  readonly #client: KubeClient;
  readonly #paths: Paths;
  readonly #cache: TaskCache;

  constructor(client: KubeClient, paths: Paths, cache: TaskCache) {
    this.#client = client;
    this.#paths = paths;
    this.#cache = cache;
  }

  /** Notes that all of a task was made: from then on nobody undoes it. Throws SUBMISSION_UNDONE where somebody was first. */
  async keep(task: LaunchedTask, signal: AbortSignal): Promise<void> {
    // What has run before is not undone.
    if (task.attempt > 0) return;
    const outcome = await this.#settle(task, signal, async (path, revision) => {
      const body = progressPatch(true, new Map(), revision);
      this.#cache.applyRecord((await this.#client.request<RawConfigMap>({ method: 'PATCH', path, body, signal })).body);
      return 'kept';
    });
    if (outcome === 'gone') throw undone(task.id);
  }

  /** Deletes the record, and in the background what it owns. Where it is kept, another server has made all of the task. */
  giveUp(task: LaunchedTask, signal: AbortSignal): Promise<'gone' | 'kept'> {
    return this.#settle(task, signal, async (path, revision) => {
      await this.#client.request({ method: 'DELETE', path, body: deletionOf(task.uid, revision), signal });
      return 'gone';
    });
  }

  async #settle(
    { id, uid }: LaunchedTask,
    signal: AbortSignal,
    act: (path: string, revision: string) => Promise<'gone' | 'kept'>,
  ): Promise<'gone' | 'kept'> {
    const path = `${this.#paths.configMaps}/${recordName(id)}`;
    for (;;) {
      try {
        const { body } = await this.#client.request<RawConfigMap>({ method: 'GET', path, signal });
        const record = parseRecord(body);
        if (record?.uid !== uid || record.deleting) return 'gone';
        if (record.launched || record.attempt > 0) return 'kept';
        return await act(path, record.revision);
      } catch (error) {
        if (hasCode(error, 404)) return 'gone';
        // It has changed since it was read.
        if (!hasCode(error, 409)) throw error;
      }
    }
  }
}
