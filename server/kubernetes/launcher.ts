/**
 * Creates and stops tasks. The record comes first: whoever creates it owns the submission, and what is missing behind it can
 * be made by anybody who finds it, because every name follows from the record.
 */

import { differences } from '../domain/difference.js';
import { type FieldViolation, TaskError } from '../domain/errors.js';
import type { TaskSecrets } from '../../taskfile/task-spec.js';
import type { LaunchRequest, LaunchResult, PlannedObject, TaskLauncher, ValidateResult } from '../domain/ports.js';
import type { HaltMark, StopMark, TaskRecord, TaskView } from '../domain/task.js';
import type { Retry } from '../domain/status/retry.js';
import type { TaskCache } from './cache.js';
import { deletionOf, isGone } from './delete.js';
import { hasCode, isTransient, KubernetesError, toTaskError } from './errors.js';
import { jobObject, podObject } from './manifests/job.js';
import { type SecretObject, secretObjectNames, secretObjects, withoutValues } from './manifests/secret.js';
import { serviceObject } from './manifests/service.js';
import { MAX_SCRIPT_BYTES } from './manifests/shell.js';
import type { LaunchedTask } from './manifests/task.js';
import { newClaimObjects } from './manifests/volume.js';
import { ANNOTATION, recordName } from './names.js';
import type { RawConfigMap, RawJob, RawSecret } from './objects.js';
import type { Paths } from './paths.js';
import { parsePlan, parseRecord, recordObject, stopPatch, haltPatch, attemptPatch } from './record.js';
import type { KubeClient } from './transport.js';

/** Who is named on Jobs that no user stopped. */
const HALTED_BY = 'k8s-cli';
/** How many objects of one task are being created at a time. */
const CONCURRENCY = 8;
/** A submission that has begun is brought to an end, whether its caller waits or not. */
const LAUNCH_TIMEOUT_MS = 60_000;
const UNDO_TIMEOUT_MS = 20_000;
/** Who submitted a task has stored its secrets by then, or will not do it any more; nobody else has them. */
const SECRETS_WITHIN_MS = 2 * LAUNCH_TIMEOUT_MS;
/** Of a task with very many nodes the first ones are shown; the others differ in their index only. */
const MAX_SHOWN_NODES = 16;

/** The launcher of one namespace. */
export class Launcher implements TaskLauncher {
  readonly #client: KubeClient;
  readonly #paths: Paths;
  readonly #cache: TaskCache;
  readonly #site: string;

  /** `site` is the name of the cluster. */
  constructor(client: KubeClient, paths: Paths, cache: TaskCache, site: string) {
    this.#client = client;
    this.#paths = paths;
    this.#cache = cache;
    this.#site = site;
  }

  async launch(request: LaunchRequest, signal: AbortSignal): Promise<LaunchResult> {
    checkScripts(request);
    const raw = await this.#createRecord(request, signal);
    if (!raw) return this.#joinEarlier(request);
    const record = parseRecord(raw);
    if (!record?.uid) throw new TaskError('CLUSTER_REFUSED', 'the cluster returned a record that is not the one sent');
    this.#cache.applyRecord(raw);
    const task = { ...request, uid: record.uid, attempt: record.attempt };
    const warnings = await this.#createAllOrUndo(task, request.secrets, AbortSignal.timeout(LAUNCH_TIMEOUT_MS));
    return { record, created: true, warnings };
  }

  async validate(request: LaunchRequest, signal: AbortSignal): Promise<ValidateResult> {
    checkScripts(request);
    const task: LaunchedTask = { ...request, uid: '', attempt: 0 };
    const { numNodes } = task.spec;
    const shown = Array.from({ length: Math.min(numNodes, MAX_SHOWN_NODES) }, (_, index) => index);
    const secrets = secretObjects(task, request.secrets);
    const jobs = shown.map((index) => jobObject(task, index, this.#site) as PlannedObject);
    const claims = newClaimObjects(task) as PlannedObject[];
    const services = numNodes > 1 ? [serviceObject(task) as PlannedObject] : [];
    const record = recordObject(request);
    const { configMaps, claims: claimPath, services: servicePath, pods } = this.#paths;
    const checks: [string, object][] = [
      [configMaps, record],
      ...secrets.map((object): [string, object] => [this.#paths.secrets, object]),
      ...claims.map((object): [string, object] => [claimPath, object]),
      ...services.map((object): [string, object] => [servicePath, object]),
      ...jobs.slice(0, 1).map((object): [string, object] => [this.#paths.jobs, object]),
      [pods, podObject(task, 0, this.#site)],
    ];
    const query = { dryRun: 'All', fieldValidation: 'Strict' };
    const answers = await Promise.all(
      checks.map(([path, body]) =>
        this.#client.request({ method: 'POST', path, query, body, signal }).catch((error: unknown) => {
          throw toTaskError(error, 'checking the task');
        }),
      ),
    );
    return {
      warnings: [...new Set(answers.flatMap(({ warnings }) => warnings))],
      objects: [record, ...secrets.map(withoutValues), ...claims, ...services, ...jobs],
    };
  }

  async stop(view: TaskView, mark: StopMark, signal: AbortSignal): Promise<void> {
    try {
      if (view.record.uid !== undefined) await this.#markStopped(view.record, mark, signal);
      await this.suspendJobs(view, mark, signal);
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
    await this.suspendHalted(view, mark, signal);
  }

  /** Begins the next attempt, unless the record has changed meanwhile (409): then somebody else did, or stopped the task. */
  async restart({ record }: TaskView, { past }: Retry, signal: AbortSignal): Promise<void> {
    const path = `${this.#paths.configMaps}/${recordName(record.id)}`;
    const body = attemptPatch(record, past);
    const answer = await this.#client.request<RawConfigMap>({ method: 'PATCH', path, body, signal });
    this.#cache.applyRecord(answer.body);
    await this.complete(record.id, signal);
  }

  /** Suspends every Job of a halted task that has not ended. */
  suspendHalted(view: TaskView, { timeMs, blamed, message }: HaltMark, signal: AbortSignal): Promise<void> {
    const reason = message || `node-${blamed[0]} failed`;
    return this.suspendJobs(view, { user: HALTED_BY, timeMs, reason, startedAtMs: {} }, signal);
  }

  async remove({ record, nodes }: TaskView, signal: AbortSignal): Promise<void> {
    try {
      // What a record owns goes with it. Tasks of other tools have only their Jobs.
      if (record.uid !== undefined) {
        await this.#delete(`${this.#paths.configMaps}/${recordName(record.id)}`, record.uid, signal);
        this.#cache.forgetRecord(record.id, record.uid);
        return;
      }
      const jobs = nodes.flatMap(({ job }) => job ?? []);
      await inParallel(jobs, ({ name, uid }) => this.#delete(`${this.#paths.jobs}/${name}`, uid, signal));
    } catch (error) {
      throw toTaskError(error, `deleting task ${record.id}`);
    }
  }

  /** Suspends every Job that has not ended and is not suspended by this mark yet. */
  async suspendJobs(view: TaskView, mark: StopMark, signal: AbortSignal): Promise<void> {
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
    await inParallel(jobs, async ({ name }) => {
      try {
        const answer = await this.#client.request<RawJob>({
          method: 'PATCH',
          path: `${this.#paths.jobs}/${name}`,
          body,
          signal,
        });
        this.#cache.applyJob(answer.body);
      } catch (error) {
        // A Job that is gone needs no stop.
        if (!hasCode(error, 404)) throw error;
      }
    });
  }

  /** Makes what is missing of a task whose submission was cut off. Undoes it when the cluster refuses. */
  async complete(taskId: string, signal: AbortSignal): Promise<void> {
    const path = `${this.#paths.configMaps}/${recordName(taskId)}`;
    const { body: raw } = await this.#client.request<RawConfigMap>({ method: 'GET', path, signal });
    const record = parseRecord(raw);
    const plan = parsePlan(raw);
    if (!record?.uid || !plan || record.deleting || record.stop || record.halt || record.launched) return;
    await this.#finish({ ...record, ...plan, uid: record.uid }, undefined, signal);
  }

  /** Makes what is missing of a task that somebody else began, and may have been told of as submitted. */
  async #finish(task: LaunchedTask, secrets: TaskSecrets | undefined, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return await this.#createAll(task, secrets, signal);
    } catch (error) {
      // Only a refusal is a reason to give the task up: a cluster that is away, or a server that stops, will be back.
      // Of a task that has run before nothing is removed: it is tried again, until somebody stops it.
      if (task.attempt === 0 && error instanceof KubernetesError && !isTransient(error)) await this.#undo(task);
      throw toTaskError(error, `finishing the submission of task ${task.id}`);
    }
  }

  async #createRecord(request: LaunchRequest, signal: AbortSignal): Promise<RawConfigMap | undefined> {
    try {
      const body = recordObject(request);
      return (await this.#client.request<RawConfigMap>({ method: 'POST', path: this.#paths.configMaps, body, signal }))
        .body;
    } catch (error) {
      if (hasCode(error, 409)) return undefined;
      throw toTaskError(error, 'submitting the task');
    }
  }

  /** The record was there: the same request, sent again, or another one with the same id. */
  async #joinEarlier(request: LaunchRequest): Promise<LaunchResult> {
    const signal = AbortSignal.timeout(LAUNCH_TIMEOUT_MS);
    const path = `${this.#paths.configMaps}/${recordName(request.id)}`;
    let raw: RawConfigMap;
    try {
      raw = (await this.#client.request<RawConfigMap>({ method: 'GET', path, signal })).body;
    } catch (error) {
      // It has just been removed: its submission was undone.
      if (hasCode(error, 404)) throw undone(request.id);
      throw toTaskError(error, 'submitting the task');
    }
    const record = parseRecord(raw);
    if (!record || record.user !== request.user || record.fingerprint !== request.fingerprint) {
      if (request.requestId === '' && record) return { record, created: false, warnings: [] };
      // Of another user's task, should two ids ever meet, nothing is told.
      const plan = record?.user === request.user ? parsePlan(raw) : undefined;
      throw reused(request, plan ? differences(plan.spec, request.spec) : []);
    }
    if (record.deleting) throw undone(request.id);
    // Made by this very call: the answer was lost, and the client asked again.
    const created = record.createdAtMs === request.createdAtMs;
    if (request.requestId === '' && !created) return { record, created: false, warnings: [] };
    this.#cache.applyRecord(raw);
    return { record, created, warnings: await this.#finishEarlier(request, record, raw, signal) };
  }

  /** The earlier call may have been cut off: what it did not make is made now, so that the answer is true. */
  async #finishEarlier(
    request: LaunchRequest,
    record: TaskRecord,
    raw: RawConfigMap,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const plan = parsePlan(raw);
    if (!record.uid || !plan) return [];
    const task = { ...record, ...plan, uid: record.uid };
    const known = this.#cache.peek(record.id);
    if (!record.launched && !record.stop && !known?.nodes.every(({ job }) => job)) {
      return this.#finish(task, request.secrets, signal);
    }
    // Nothing is missing; but the fingerprint says nothing of the secrets, which may be others this time.
    await this.#storeSecrets(task, request.secrets, signal);
    return [];
  }

  async #createAllOrUndo(task: LaunchedTask, secrets: TaskSecrets, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return await this.#createAll(task, secrets, signal);
    } catch (error) {
      const undoing = await this.#undo(task);
      if (!undoing) throw toTaskError(error, 'submitting the task');
      const known = toTaskError(error, 'submitting the task');
      const text = known instanceof Error ? known.message : String(known);
      throw new TaskError(
        'CLUSTER_UNAVAILABLE',
        `${text}; what was created could not be removed (${undoing.message}): the task may still run, \`k8s-cli jobs list\` shows it`,
        { cause: error },
      );
    }
  }

  async #createAll(
    task: LaunchedTask,
    secrets: TaskSecrets | undefined,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const warnings = new Set<string>();
    // Before the Jobs, whose pods would wait for them.
    if (secrets === undefined) await this.#findSecrets(task, signal);
    else await this.#storeSecrets(task, secrets, signal);
    for (const claim of newClaimObjects(task)) await this.#create(this.#paths.claims, claim, task.uid, signal);
    const indexes = Array.from({ length: task.spec.numNodes }, (_, index) => index);
    const service = task.spec.numNodes > 1 ? [-1] : [];
    await inParallel([...service, ...indexes], async (index) => {
      if (index < 0) {
        await this.#create(this.#paths.services, serviceObject(task), task.uid, signal);
        return;
      }
      const answer = await this.#create<RawJob>(this.#paths.jobs, jobObject(task, index, this.#site), task.uid, signal);
      this.#cache.applyJob(answer.body);
      for (const warning of answer.warnings) warnings.add(warning);
    });
    // Somebody may have stopped the task while its Jobs were being made, and did not see those that came later.
    const view = this.#cache.peek(task.id);
    if (view?.record.stop) await this.suspendJobs(view, view.record.stop, signal);
    if (view?.record.halt) await this.suspendHalted(view, view.record.halt, signal);
    return [...warnings];
  }

  /** Stores the secrets of a task. Those that are there already must be the same. */
  async #storeSecrets(task: LaunchedTask, secrets: TaskSecrets, signal: AbortSignal): Promise<void> {
    for (const object of secretObjects(task, secrets)) {
      const { body } = await this.#create<RawSecret>(this.#paths.secrets, object, task.uid, signal);
      if (!sameData(body, object)) throw reused({ id: task.id, requestId: '' }, OTHER_SECRETS);
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

  /** Creates an object of a task; one that is there already is fine if it belongs to the same record. */
  async #create<T extends RawConfigMap | RawJob | RawSecret>(
    path: string,
    body: object,
    uid: string,
    signal: AbortSignal,
  ): Promise<{ body: T; warnings: readonly string[] }> {
    try {
      return await this.#client.request<T>({ method: 'POST', path, body, signal });
    } catch (error) {
      if (!hasCode(error, 409)) throw error;
      const { name } = (body as { metadata: { name: string } }).metadata;
      const answer = await this.#client.request<T>({ method: 'GET', path: `${path}/${name}`, signal });
      if (answer.body.metadata.ownerReferences?.some((owner) => owner.uid === uid)) return answer;
      throw new KubernetesError(409, 'AlreadyExists', `${name} exists and belongs to somebody else`);
    }
  }

  /** Removes everything of a task; returns why it could not. */
  async #undo(task: LaunchedTask): Promise<Error | undefined> {
    const signal = AbortSignal.timeout(UNDO_TIMEOUT_MS);
    try {
      // The record goes last: as long as it is there, somebody can finish what was begun here.
      const view = this.#cache.peek(task.id);
      const jobs = view?.nodes.flatMap(({ job }) => job ?? []) ?? [];
      await inParallel(jobs, ({ name, uid }) => this.#delete(`${this.#paths.jobs}/${name}`, uid, signal));
      await this.#delete(`${this.#paths.configMaps}/${recordName(task.id)}`, task.uid, signal);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #delete(path: string, uid: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.request({ method: 'DELETE', path, body: deletionOf(uid), signal });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async #markStopped(record: TaskRecord, mark: StopMark, signal: AbortSignal): Promise<void> {
    if (record.stop) return;
    const path = `${this.#paths.configMaps}/${recordName(record.id)}`;
    const { body } = await this.#client.request<RawConfigMap>({ method: 'PATCH', path, body: stopPatch(mark), signal });
    this.#cache.applyRecord(body);
  }
}

function checkScripts(request: LaunchRequest): void {
  for (const field of ['setup', 'run'] as const) {
    const bytes = Buffer.byteLength(request.spec[field] ?? '');
    if (bytes <= MAX_SCRIPT_BYTES) continue;
    const description = `is ${bytes} bytes long, more than ${MAX_SCRIPT_BYTES}; put the program on a volume or into the image`;
    throw new TaskError('INVALID_TASK', `${field}: ${description}`, { violations: [{ field, description }] });
  }
}

/** Values of secrets are not shown. */
const OTHER_SECRETS: readonly FieldViolation[] = [{ field: 'secrets', description: 'secrets have other values now' }];

function reused(
  { id, requestId }: Pick<LaunchRequest, 'id' | 'requestId'>,
  violations: readonly FieldViolation[],
): TaskError {
  const named = requestId === '' ? 'the request_id' : `request_id "${requestId}"`;
  const [text, fields] = [violations.map(({ description }) => description), violations.map(({ field }) => field)];
  const why = text.length === 0 ? '' : `: ${text.join('; ')}`;
  return new TaskError(
    'REQUEST_ID_REUSED',
    `${named} was used for another task, ${id}; use a new one for a new task${why}`,
    { metadata: { task_id: id, request_id: requestId, different_fields: fields.join(',') }, violations },
  );
}

function sameData({ data = {} }: RawSecret, { data: wanted }: SecretObject): boolean {
  const names = Object.keys(wanted);
  return Object.keys(data).length === names.length && names.every((name) => data[name] === wanted[name]);
}

function undone(taskId: string): TaskError {
  return new TaskError('SUBMISSION_UNDONE', `the submission of task ${taskId} was undone; submit it again`, {
    metadata: { task_id: taskId },
  });
}

/** Runs `work` for every item, a few at a time. At the first failure nothing new is begun; what runs is waited for. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let failure: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failure) return;
      try {
        await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
  if (failure) throw failure.error;
}
