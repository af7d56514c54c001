/** Every task as the cluster shows it: records, Jobs and pods from three watches, put together by task id. */

import type { Outage, PodIdentity, TaskPosition, TaskStore } from '../../domain/ports.js';
import type { TaskRecord, TaskView } from '../../domain/task.js';
import { ChangeListeners } from './change-listeners.js';
import { type Entry, newEntry, noteGone, noteRecord, noteWhole, recordOf, type Versioned, viewOf } from './entry.js';
import { hasCode, toTaskError } from '../api/errors.js';
import { LABEL, recordName, TASK_SELECTOR } from '../names.js';
import type { RawObject, RawConfigMap, RawJob, RawPod } from '../objects.js';
import type { OneOrMore } from './one-or-more.js';
import { OrderedTasks } from './ordered-tasks.js';
import type { Paths } from '../paths.js';
import { type Owned, projectJob, projectPod } from './project.js';
import { parseRecord } from '../record.js';
import { Tombstones } from './tombstones.js';
import type { KubeClient } from '../api/client.js';
import { watchCollection } from './watch.js';
import { untilAborted } from '../../until-aborted.js';

/** The cache, and the watches that feed it. */
export class TaskCache implements TaskStore {
  readonly #client: KubeClient;
  readonly #paths: Paths;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #ordered = new OrderedTasks();
  readonly #changes = new ChangeListeners();
  readonly #tombstones = new Tombstones();
  readonly #synced = new Map<string, () => void>();
  readonly #ready: Promise<unknown>;
  readonly #outages = new Map<string, Outage>();

  constructor(client: KubeClient, paths: Paths, now: () => number = Date.now) {
    this.#now = now;
    this.#client = client;
    this.#paths = paths;
    const kinds = ['records', 'jobs', 'pods'];
    this.#ready = Promise.all(kinds.map((kind) => new Promise<void>((resolve) => this.#synced.set(kind, resolve))));
  }

  /** Watches until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#watch<RawConfigMap>(
        'records',
        this.#paths.configMaps,
        (raw) => this.applyRecord(raw),
        (raw) => this.#dropRecord(raw),
        signal,
      ),
      this.#watch<RawJob>(
        'jobs',
        this.#paths.jobs,
        (raw) => this.applyJob(raw),
        (raw) => this.#dropJob(raw),
        signal,
      ),
      this.#watch<RawPod>(
        'pods',
        this.#paths.pods,
        (raw) => this.applyPod(raw),
        (raw) => this.#dropPod(raw),
        signal,
      ),
    ]);
  }

  async ready(signal: AbortSignal): Promise<void> {
    await untilAborted(this.#ready, signal);
  }

  get outage(): Outage | undefined {
    const [first, ...others] = this.#outages.values();
    return first && { ...first, sinceMs: Math.min(first.sinceMs, ...others.map(({ sinceMs }) => sinceMs)) };
  }

  async get(taskId: string, signal: AbortSignal): Promise<TaskView | undefined> {
    const known = this.peek(taskId);
    if (known) return known;
    if (!/^[a-z0-9-]{1,63}$/.test(taskId)) return undefined;
    // Another replica may have made it a moment ago.
    try {
      const { body } = await this.#client.request<RawConfigMap>({
        method: 'GET',
        path: `${this.#paths.configMaps}/${recordName(taskId)}`,
        first: true,
        signal,
      });
      this.applyRecord(body);
    } catch (error) {
      if (!hasCode(error, 404)) throw toTaskError(error, `looking for task ${taskId}`, { reading: true });
    }
    return this.peek(taskId);
  }

  async findPods(taskId: string, signal: AbortSignal): Promise<void> {
    const query = { labelSelector: `${TASK_SELECTOR},${LABEL.taskId}=${taskId}` };
    try {
      const { body } = await this.#client.request<{ items: RawPod[] }>({
        method: 'GET',
        path: this.#paths.pods,
        query,
        signal,
      });
      for (const pod of body.items) this.applyPod(pod);
    } catch (error) {
      throw toTaskError(error, `looking for the pods of task ${taskId}`);
    }
  }

  pod(taskId: string, uid: string): PodIdentity | undefined {
    return this.#entries.get(taskId)?.pods.get(uid)?.view;
  }

  peek(taskId: string): TaskView | undefined {
    const entry = this.#entries.get(taskId);
    return entry && viewOf(entry, this.#now());
  }

  /** The ids of all tasks of which anything is known. */
  ids(): readonly string[] {
    return [...this.#entries.keys()];
  }

  *list(user: string | undefined, after: TaskPosition | undefined): Iterable<TaskView> {
    for (const { id } of this.#ordered.from(user, after)) {
      const view = this.peek(id);
      if (view) yield view;
    }
  }

  onChange(taskId: string, listener: () => void, signal: AbortSignal): void {
    this.#changes.add(taskId, listener, signal);
  }

  /** Calls back with the id of every task that changes, comes or goes, until the signal is aborted; without one for ever. */
  onAnyChange(listener: (taskId: string) => void, signal?: AbortSignal): void {
    this.#changes.addToAll(listener, signal);
  }

  onOutage(listener: () => void, signal: AbortSignal): void {
    this.#changes.addToOutages(listener, signal);
  }

  /** Takes in a record, from a watch or from an answer to a write; `record` is what it says. */
  applyRecord(raw: RawConfigMap, record?: TaskRecord): void {
    const { uid, resourceVersion, labels } = raw.metadata;
    if (this.#tombstones.has(uid)) return;
    const revision = BigInt(resourceVersion);
    const before = this.#entries.get(labels?.[LABEL.taskId] ?? '')?.record;
    if (before && before.view.uid === uid && before.revision >= revision) return;
    const view = record ?? parseRecord(raw);
    if (!view) return;
    const entry = this.#entryOf(view.id);
    noteRecord(entry, { view, revision });
    this.#changed(entry);
  }

  /** Takes in a Job, from a watch or from an answer to a write. */
  applyJob(raw: RawJob): void {
    this.#applyOwned((entry) => entry.jobs, raw, projectJob);
  }

  /** Takes in a pod, from a watch or from an answer to a write. */
  applyPod(raw: RawPod): void {
    this.#applyOwned((entry) => entry.pods, raw, projectPod);
  }

  #applyOwned<R extends RawJob | RawPod, T extends { readonly taskId: string }>(
    mapOf: (entry: Entry) => OneOrMore<string, Versioned<T>>,
    raw: R,
    project: (raw: R, before: T | undefined) => T | undefined,
  ): void {
    const { uid, resourceVersion } = raw.metadata;
    if (this.#tombstones.has(uid)) return;
    const revision = BigInt(resourceVersion);
    const known = this.#entries.get(raw.metadata.labels?.[LABEL.taskId] ?? '');
    const before = known && mapOf(known).get(uid);
    if (before && before.revision >= revision) return;
    const view = project(raw, before?.view);
    if (!view) return;
    const entry = this.#entryOf(view.taskId);
    mapOf(entry).set(uid, { view, revision });
    this.#changed(entry);
  }

  /** Takes in that a record is gone, from a watch or because it was deleted here. */
  forgetRecord(taskId: string, uid: string): void {
    const entry = this.#entries.get(taskId);
    this.#tombstones.add(uid);
    if (entry?.record?.view.uid !== uid) return;
    entry.record = undefined;
    this.#changed(entry);
  }

  #dropRecord({ metadata }: RawConfigMap): void {
    const id = metadata.labels?.[LABEL.taskId];
    if (id !== undefined) this.forgetRecord(id, metadata.uid);
  }

  #dropJob(raw: RawJob): void {
    this.#dropOwned('jobs', raw, () => projectJob(raw));
  }

  #dropPod(raw: RawPod): void {
    this.#dropOwned('pods', raw, ({ pods }) => projectPod(raw, pods.get(raw.metadata.uid)?.view));
  }

  #dropOwned(kind: 'jobs' | 'pods', raw: RawJob | RawPod, project: (entry: Entry) => Owned | undefined): void {
    this.#tombstones.add(raw.metadata.uid);
    const entry = this.#entries.get(raw.metadata.labels?.[LABEL.taskId] ?? '');
    if (!entry) return;
    const view = project(entry);
    if (view) noteGone(entry, view);
    if (entry[kind].delete(raw.metadata.uid)) this.#changed(entry);
  }

  #watch<T extends RawObject>(
    kind: 'records' | 'jobs' | 'pods',
    path: string,
    apply: (raw: T) => void,
    drop: (raw: T) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const onListed = (uids: ReadonlySet<string>, revision: string): void => {
      this.#keepOnly(kind, uids, BigInt(revision));
      this.#synced.get(kind)?.();
    };
    const onProblem = (problem: Error | undefined, heardMs: number): void => {
      const wasAway = this.#outages.size > 0;
      if (problem) this.#outages.set(kind, { sinceMs: heardMs, message: problem.message });
      else this.#outages.delete(kind);
      if (wasAway !== this.#outages.size > 0) this.#changes.tellOutage();
    };
    const watched = { path, labelSelector: TASK_SELECTOR, onListed, onChange: apply, onDelete: drop, onProblem };
    return watchCollection(this.#client, watched, signal);
  }

  /** Forgets what a list no longer shows: its deletion came while nobody watched. What is newer than the list stays. */
  #keepOnly(kind: 'records' | 'jobs' | 'pods', seen: ReadonlySet<string>, revision: bigint): void {
    for (const entry of this.#entries.values()) {
      let changed = false;
      if (kind === 'records') {
        const { record } = entry;
        if (record?.view.uid !== undefined && !seen.has(record.view.uid) && record.revision <= revision) {
          this.#tombstones.add(record.view.uid);
          entry.record = undefined;
          changed = true;
        }
      } else {
        for (const { view, revision: known } of entry[kind].values()) {
          if (seen.has(view.uid) || known > revision) continue;
          this.#tombstones.add(view.uid);
          noteGone(entry, view);
          changed = entry[kind].delete(view.uid) || changed;
        }
      }
      if (changed) this.#changed(entry);
    }
  }

  #entryOf(id: string): Entry {
    let entry = this.#entries.get(id);
    if (!entry) {
      entry = newEntry(id);
      this.#entries.set(id, entry);
    }
    return entry;
  }

  #changed(entry: Entry): void {
    entry.view = undefined;
    entry.changedAtMs = this.#now();
    if (!entry.record && entry.jobs.size === 0 && entry.pods.size === 0) this.#entries.delete(entry.id);
    noteWhole(entry);
    const record = recordOf(entry, entry.changedAtMs);
    if (record?.uid === undefined && record?.launched) entry.wholeWith = record.numNodes;
    const { listed } = entry;
    if (listed && (!record || listed.user !== record.user || listed.createdAtMs !== record.createdAtMs)) {
      this.#ordered.delete(listed);
      entry.listed = undefined;
    }
    if (record && !entry.listed) {
      entry.listed = { id: entry.id, user: record.user, createdAtMs: record.createdAtMs };
      this.#ordered.add(entry.listed);
    }
    this.#changes.tell(entry.id);
  }
}
