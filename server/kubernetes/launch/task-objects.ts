/** The objects of a task behind its record: its Secrets, claims, Service and Jobs. */

import type { TaskSecrets } from '../../../taskfile/task-spec.js';
import type { TaskView } from '../../domain/task.js';
import type { TaskCache } from '../cache/cache.js';
import { deletionOf, isGone } from '../api/delete.js';
import { hasCode, KubernetesError, toTaskError } from '../api/errors.js';
import { jobObject } from '../manifests/job.js';
import { type SecretObject, secretObjectNames, secretObjects } from '../manifests/secret.js';
import { serviceObject } from '../manifests/service.js';
import type { LaunchedTask } from '../manifests/task.js';
import { newClaimObjects } from '../manifests/volume.js';
import { recordName } from '../names.js';
import type { RawConfigMap, RawJob, RawObject, RawSecret } from '../objects.js';
import type { Paths } from '../paths.js';
import type { KubeClient, KubeRequest, KubeResponse } from '../api/client.js';
import { alreadyThere } from './already-there.js';
import { inParallel, inParallelAfterFirst } from './in-parallel.js';
import { OTHER_SECRETS, reused } from './refusals.js';
import { Settlement } from './settlement.js';

/** A submission that has begun is brought to an end, whether its caller waits or not; for so long at most. */
export const LAUNCH_TIMEOUT_MS = 60_000;
const UNDO_TIMEOUT_MS = 20_000;
/** Who submitted a task has stored its secrets by then, or will not do it any more; nobody else has them. */
const SECRETS_WITHIN_MS = 2 * LAUNCH_TIMEOUT_MS;
/** Of an object whose fields are all of our making: the cluster does not look for unknown ones, which takes it a tenth of a creation. */
export const OWN_FIELDS = { fieldValidation: 'Ignore' };

/** Makes and removes the objects of tasks of one namespace. */
export class TaskObjects {
  readonly #client: KubeClient;
  readonly #paths: Paths;
  readonly #cache: TaskCache;
  readonly #site: string;
  readonly #settlement: Settlement;

  /** `site` is the name of the cluster. */
  constructor(client: KubeClient, paths: Paths, cache: TaskCache, site: string) {
    this.#client = client;
    this.#paths = paths;
    this.#cache = cache;
    this.#site = site;
    this.#settlement = new Settlement(client, paths, cache);
  }

  /** Makes what is not there yet, and returns what the cluster warns of. Without `secrets` those have to be there. */
  async create(task: LaunchedTask, secrets: TaskSecrets | undefined, signal: AbortSignal): Promise<readonly string[]> {
    const warnings = new Set<string>();
    // Before the Jobs, whose pods would wait for them.
    if (secrets === undefined) await this.#findSecrets(task, signal);
    else await this.storeSecrets(task, secrets, signal);
    for (const claim of newClaimObjects(task)) await this.#createOne(this.#paths.claims, claim, task.uid, signal);
    const indexes = Array.from({ length: task.spec.numNodes }, (_, index) => index);
    const service = task.spec.numNodes > 1 ? [-1] : [];
    await inParallel([...service, ...indexes], async (index) => {
      if (index < 0) {
        await this.#createOne(this.#paths.services, serviceObject(task), task.uid, signal);
        return;
      }
      const job = (index === 0 ? task.firstJob : undefined) ?? jobObject(task, index, this.#site);
      // A misspelt field of a pod_config is warned of.
      const query = task.spec.kubernetes.podConfig === undefined ? OWN_FIELDS : {};
      const answer = await this.#createOne<RawJob>(this.#paths.jobs, job, task.uid, signal, { query, protobuf: true });
      this.#cache.applyJob(answer.body);
      for (const warning of answer.warnings) warnings.add(warning);
    });
    return [...warnings];
  }

  /** Stores the secrets of a task. Those that are there already must be the same. */
  async storeSecrets(task: LaunchedTask, secrets: TaskSecrets, signal: AbortSignal): Promise<void> {
    for (const object of secretObjects(task, secrets)) {
      const { body } = await this.#createOne<RawSecret>(this.#paths.secrets, object, task.uid, signal);
      if (!sameData(body, object)) throw reused({ id: task.id, requestId: '' }, OTHER_SECRETS);
    }
  }

  /** Notes that all of a task was made: from then on nobody undoes it. Throws SUBMISSION_UNDONE where somebody was first. */
  async keep(task: LaunchedTask, doing: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#settlement.keep(task, signal);
    } catch (error) {
      throw toTaskError(error, doing);
    }
  }

  /** Removes everything of a task that was begun here; false where another server has made all of it, which is left alone. */
  async undo(task: LaunchedTask): Promise<boolean> {
    const signal = AbortSignal.timeout(UNDO_TIMEOUT_MS);
    const jobs = this.#cache.peek(task.id)?.nodes.flatMap(({ job }) => job ?? []) ?? [];
    // The record goes first: whether it may go is for the cluster to say, and what it owns follows it in any case.
    if ((await this.#settlement.giveUp(task, signal)) === 'kept') return false;
    await inParallel(jobs, ({ name, uid }) => this.#delete(`${this.#paths.jobs}/${name}`, uid, false, signal));
    return true;
  }

  /** Removes a task with all that belongs to it. */
  async remove({ record, nodes }: TaskView, signal: AbortSignal): Promise<void> {
    try {
      // What a record owns goes with it. Tasks of other tools have only their Jobs.
      if (record.uid !== undefined) {
        await this.#delete(`${this.#paths.configMaps}/${recordName(record.id)}`, record.uid, true, signal);
        this.#cache.forgetRecord(record.id, record.uid);
        return;
      }
      const jobs = nodes.flatMap(({ job }) => job ?? []);
      await inParallelAfterFirst(jobs, false, ({ name, uid }, first) =>
        this.#delete(`${this.#paths.jobs}/${name}`, uid, first, signal),
      );
    } catch (error) {
      throw toTaskError(error, `deleting task ${record.id}`);
    }
  }

  /** Sees to it that the secrets of a task are there, which only who submitted it could store. */
  async #findSecrets(task: LaunchedTask, signal: AbortSignal): Promise<void> {
    for (const name of secretObjectNames(task)) {
      try {
        await this.#client.request({ method: 'GET', path: `${this.#paths.secrets}/${name}`, signal });
      } catch (error) {
        if (!hasCode(error, 404)) throw error;
        const given = Date.now() - task.createdAtMs > SECRETS_WITHIN_MS;
        throw new KubernetesError(given ? 404 : 503, 'NotFound', `the secrets of task ${task.id} were not stored`);
      }
    }
  }

  /** Creates an object of a task, which may be its JSON; one that is there already is fine if it belongs to the same record. */
  async #createOne<T extends RawConfigMap | RawJob | RawSecret>(
    path: string,
    body: object | string,
    uid: string,
    signal: AbortSignal,
    { query, protobuf }: Required<Pick<KubeRequest, 'query' | 'protobuf'>> = { query: OWN_FIELDS, protobuf: false },
  ): Promise<KubeResponse<T>> {
    try {
      return await this.#client.request<T>({ method: 'POST', path, query, body, protobuf, signal });
    } catch (error) {
      const { name } = ((typeof body === 'string' ? JSON.parse(body) : body) as RawObject).metadata;
      const answer = await alreadyThere<T>(this.#client, error, { path: `${path}/${name}`, protobuf, signal });
      if (answer.body.metadata.ownerReferences?.some((owner) => owner.uid === uid)) return answer;
      throw new KubernetesError(409, 'AlreadyExists', `${name} exists and belongs to somebody else`);
    }
  }

  async #delete(path: string, uid: string, first: boolean, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.request({ method: 'DELETE', path, body: deletionOf(uid), first, signal });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

function sameData({ data = {} }: RawSecret, { data: wanted }: SecretObject): boolean {
  const names = Object.keys(wanted);
  return Object.keys(data).length === names.length && names.every((name) => data[name] === wanted[name]);
}
