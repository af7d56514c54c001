/** The directory of kept logs: a folder for each task, in it a file for each pod that ran one of its nodes. */

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEvent, LogOptions, PodIdentity } from '../domain/ports.js';
import type { PodView, TaskRecord } from '../domain/task.js';
import { readLog, writeLog } from './log-file.js';

/** What tells a task's folder from that of every other task, of the same id too. */
export type TaskKey = Pick<TaskRecord, 'id' | 'uid'>;

const LOG_FILE = /^node-(\d+)\.(\d+)\.([\w-]+)\.log$/;

/** Kept logs below one directory, which several servers may share. */
export class Archive {
  readonly #directory: string;
  readonly #now: () => number;

  constructor(directory: string, now: () => number) {
    this.#directory = directory;
    this.#now = now;
  }

  /** Uids of the pods of a node whose logs are kept, oldest first. */
  async pods(task: TaskKey, node: number): Promise<readonly string[]> {
    const kept = (await names(this.#folder(task))).flatMap((name) => {
      const [, index, createdAtMs, uid] = LOG_FILE.exec(name) ?? [];
      return uid !== undefined && Number(index) === node ? [{ uid, createdAtMs: Number(createdAtMs) }] : [];
    });
    return kept.toSorted((a, b) => a.createdAtMs - b.createdAtMs).map(({ uid }) => uid);
  }

  /** The kept log of a pod. Throws the file system's error. */
  async *read(
    task: TaskKey,
    node: number,
    pod: string,
    options: LogOptions,
  ): AsyncGenerator<LogEvent, void, undefined> {
    const file = (await names(this.#folder(task))).find((name) => {
      const [, index, , uid] = LOG_FILE.exec(name) ?? [];
      return Number(index) === node && uid === pod;
    });
    if (file !== undefined) yield* readLog(join(this.#folder(task), file), pod, options, this.#now());
  }

  /** Keeps the log of a pod; what several servers write at a time is the same, and the last one wins. */
  async keep(
    task: TaskKey,
    pod: PodIdentity & Pick<PodView, 'index' | 'createdAtMs'>,
    log: AsyncIterable<LogEvent>,
  ): Promise<void> {
    const folder = this.#folder(task);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeLog(
      join(folder, `node-${pod.index}.${pod.createdAtMs}.${pod.uid}.log`),
      randomBytes(4).toString('hex'),
      log,
    );
  }

  /** Removes all that is kept of a task. */
  async remove(task: TaskKey): Promise<void> {
    await rm(this.#folder(task), { recursive: true, force: true });
  }

  /** Removes what was not touched for `minAgeMs` and belongs to none of these tasks. */
  async sweep(tasks: Iterable<TaskKey>, minAgeMs: number): Promise<void> {
    const known = new Set([...tasks].map(folderName));
    for (const name of await names(this.#directory)) {
      if (known.has(name)) continue;
      const path = join(this.#directory, name);
      if (this.#now() - (await stat(path)).mtimeMs > minAgeMs) await rm(path, { recursive: true, force: true });
    }
  }

  #folder(task: TaskKey): string {
    return join(this.#directory, folderName(task));
  }
}

/** Ids of other tools' tasks are free text; those have no record and therefore no uid. */
function folderName({ id, uid }: TaskKey): string {
  return `${encodeURIComponent(id).replaceAll('.', '%2E')}${uid === undefined ? '' : `.${uid}`}`;
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
