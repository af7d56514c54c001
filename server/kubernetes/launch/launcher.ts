/**
 * Creates and stops tasks. The record comes first: whoever creates it owns the submission, and what is missing behind it can
 * be made by anybody who finds it, because every name follows from the record.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TaskSecrets } from '../../../taskfile/task-spec.js';
import { differences } from '../../domain/difference.js';
import { TaskError } from '../../domain/errors.js';
import type { LaunchRequest, LaunchResult, TaskLauncher, ValidateResult } from '../../domain/ports.js';
import type { Retry } from '../../domain/status/retry.js';
import type { StopMark, TaskRecord, TaskView } from '../../domain/task.js';
import { messageOf } from '../../message-of.js';
import type { TaskCache } from '../cache/cache.js';
import { hasCode, hasFailed, isConflict, isRefusal, KubernetesError, toTaskError } from '../api/errors.js';
import { jobToCome } from '../manifests/job.js';
import type { LaunchedTask } from '../manifests/task.js';
import { recordName } from '../names.js';
import type { RawConfigMap } from '../objects.js';
import type { Paths } from '../paths.js';
import { attemptPatch, parsePlan, parseRecord, recordObject } from '../record.js';
import type { KubeClient } from '../api/client.js';
import { alreadyThere } from './already-there.js';
import { dryRun } from './dry-run.js';
import { checkScripts, reused, undone } from './refusals.js';
import { Suspension } from './suspension.js';
import { LAUNCH_TIMEOUT_MS, OWN_FIELDS, TaskObjects } from './task-objects.js';

/** The launcher of one namespace. */
export class Launcher implements TaskLauncher {
  /** How tasks are ended before their time. */
  readonly suspension: Suspension;
  readonly #client: KubeClient;
  readonly #paths: Paths;
  readonly #cache: TaskCache;
  readonly #site: string;
  readonly #objects: TaskObjects;

  /** `site` is the name of the cluster. */
  constructor(client: KubeClient, paths: Paths, cache: TaskCache, site: string) {
    this.#client = client;
    this.#paths = paths;
    this.#cache = cache;
    this.#site = site;
    this.#objects = new TaskObjects(client, paths, cache, site);
    this.suspension = new Suspension(client, paths, cache);
  }

  async launch(request: LaunchRequest, signal: AbortSignal): Promise<LaunchResult> {
    checkScripts(request);
    const [{ raw, isNew }, firstJob] = await Promise.all([
      this.#createRecord(request, signal),
      // What cannot be made fails again where it is undone.
      meanwhile(() => jobToCome({ ...request, attempt: 0 }, 0, this.#site)).catch(() => undefined),
    ]);
    if (!isNew) return this.#joinEarlier(request, raw);
    const record = parseRecord(raw);
    if (!record?.uid) throw new TaskError('CLUSTER_REFUSED', 'the cluster returned a record that is not the one sent');
    const task = { ...request, uid: record.uid, attempt: record.attempt, firstJob: firstJob?.(record.uid) };
    const how = { doing: 'submitting the task', isNew };
    const [warnings] = await Promise.all([
      within(LAUNCH_TIMEOUT_MS, (inTime) => this.#createOrUndo(task, request.secrets, how, inTime)),
      meanwhile(() => this.#cache.applyRecord(raw, record)),
    ]);
    return { record, created: true, warnings };
  }

  validate(request: LaunchRequest, signal: AbortSignal): Promise<ValidateResult> {
    checkScripts(request);
    return dryRun(this.#client, this.#paths, this.#site, request, signal);
  }

  stop(view: TaskView, mark: StopMark, graceSeconds: number | undefined, signal: AbortSignal): Promise<void> {
    return this.suspension.stop(view, mark, graceSeconds, signal);
  }

  remove(view: TaskView, signal: AbortSignal): Promise<void> {
    return this.#objects.remove(view, signal);
  }

  /** Begins the next attempt, unless the record has changed meanwhile (409): then somebody else did, or stopped the task. */
  async restart({ record }: TaskView, { past }: Retry, signal: AbortSignal): Promise<void> {
    const path = `${this.#paths.configMaps}/${recordName(record.id)}`;
    const body = attemptPatch(record, past);
    const answer = await this.#client.request<RawConfigMap>({ method: 'PATCH', path, body, signal });
    this.#cache.applyRecord(answer.body);
    await this.complete(record.id, signal);
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
    const doing = `finishing the submission of task ${task.id}`;
    const warnings = await this.#createOrUndo(task, secrets, { doing, isNew: false }, signal);
    await this.#objects.keep(task, doing, signal);
    return warnings;
  }

  /** The record: a new one, or the one that was there. */
  async #createRecord(request: LaunchRequest, signal: AbortSignal): Promise<{ raw: RawConfigMap; isNew: boolean }> {
    const path = this.#paths.configMaps;
    try {
      const how = { query: OWN_FIELDS, protobuf: true, first: true, signal };
      const body = recordObject(request);
      return {
        raw: (await this.#client.request<RawConfigMap>({ method: 'POST', path, body, ...how })).body,
        isNew: true,
      };
    } catch (error) {
      return { raw: await this.#earlierRecord(request, error, signal), isNew: false };
    }
  }

  async #earlierRecord({ id }: LaunchRequest, error: unknown, signal: AbortSignal): Promise<RawConfigMap> {
    try {
      const path = `${this.#paths.configMaps}/${recordName(id)}`;
      return (await alreadyThere<RawConfigMap>(this.#client, error, { path, signal })).body;
    } catch (failure) {
      // It was there, and has just been removed: its submission was undone.
      const wasThere = hasCode(failure, 409) && !isConflict(failure);
      throw wasThere ? undone(id) : toTaskError(failure, 'submitting the task');
    }
  }

  /** The record was there: the same request, sent again, or another one with the same id. */
  async #joinEarlier(request: LaunchRequest, raw: RawConfigMap): Promise<LaunchResult> {
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
    return { record, created, warnings: await this.#finishEarlier(request, record, raw) };
  }

  /** The earlier call may have been cut off: what it did not make is made now, so that the answer is true. */
  async #finishEarlier(request: LaunchRequest, record: TaskRecord, raw: RawConfigMap): Promise<readonly string[]> {
    const signal = AbortSignal.timeout(LAUNCH_TIMEOUT_MS);
    const plan = parsePlan(raw);
    if (!record.uid || !plan) return [];
    const task = { ...record, ...plan, uid: record.uid };
    const settled = record.launched || record.stop !== undefined;
    if (!settled && !this.#cache.peek(record.id)?.record.launched) return this.#finish(task, request.secrets, signal);
    // Nothing is missing; but the fingerprint says nothing of the secrets, which may be others this time.
    await this.#objects.storeSecrets(task, request.secrets, signal);
    if (!settled) await this.#objects.keep(task, 'submitting the task', signal);
    return [];
  }

  /**
   * Makes what is missing of a task. It is given up only when it is refused, or a fault of the program keeps it from being made: a
   * cluster that is away, or a server that stops, will be back, and another server may have made all of it meanwhile. Who has begun it
   * also gives it up when the cluster fails each time: whoever is told so submits again, and all that was left behind would start as
   * soon as it works. Of a task that has run before nothing is removed: it is tried again, until somebody stops it.
   */
  async #createOrUndo(
    task: LaunchedTask,
    secrets: TaskSecrets | undefined,
    { doing, isNew }: { readonly doing: string; readonly isNew: boolean },
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    try {
      return await this.#createAll(task, secrets, signal);
    } catch (error) {
      const failure = toTaskError(error, doing);
      if (task.attempt > 0 || !isFinal(error, isNew, signal)) throw failure;
      if (await this.#undo(task, failure)) throw failure;
      return [];
    }
  }

  /** False where another server has made all of the task. Says of what cannot be removed why it was to go. */
  async #undo(task: LaunchedTask, why: unknown): Promise<boolean> {
    try {
      return await this.#objects.undo(task);
    } catch (error) {
      throw new TaskError(
        'CLUSTER_UNAVAILABLE',
        `${messageOf(why)}; what was created could not be removed (${messageOf(error)}): the task may still run, \`k8s-cli jobs list\` shows it`,
        { cause: why },
      );
    }
  }

  /** Makes all objects of a task. */
  async #createAll(
    task: LaunchedTask,
    secrets: TaskSecrets | undefined,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const warnings = await this.#objects.create(task, secrets, signal);
    // Somebody may have stopped the task while its Jobs were being made, and did not see those that came later.
    const view = this.#cache.peek(task.id);
    if (view) await this.suspension.suspend(view, signal);
    return warnings;
  }
}

/** Whether a task is given up that could not be made because of this error; `isNew` tells that it was begun here. */
function isFinal(error: unknown, isNew: boolean, signal: AbortSignal): boolean {
  if (error instanceof KubernetesError) return isRefusal(error) || (isNew && hasFailed(error));
  // Where its secrets are others, somebody else is making the same task. The rest is a fault of the program, which comes again.
  return !(error instanceof TaskError || signal.aborted);
}

/** Does something with a signal that is aborted after a time. Most things take no time, and AbortSignal.timeout costs more than they do. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const expire = (): void => controller.abort(new DOMException('the time is over', 'TimeoutError'));
  const timer = setTimeout(expire, ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Does something while a request that is being made is answered, which would be idle time. */
async function meanwhile<T>(work: () => T): Promise<T> {
  // The request is written in this turn of the event loop or in the next one: this comes behind it.
  await nextTurn();
  await nextTurn();
  return work();
}
