/** The directory of kept logs: a folder for each task, in it a file for each pod that ran one of its nodes. */

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEvent, LogOptions, PodIdentity } from '../domain/ports.js';
import type { PodView, TaskRecord } from '../domain/task.js';
import { ifThere } from './if-there.js';
import { isPart, readLog, writeLog } from './log-file.js';

/** What tells a task's folder from that of every other task, of the same id too. */
export type TaskKey = Pick<TaskRecord, 'id' | 'uid'>;

/** A pod whose log is kept. */
type KeptPod = PodIdentity & Pick<PodView, 'index' | 'createdAtMs'>;

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
  async keep(task: TaskKey, pod: KeptPod, log: AsyncIterable<LogEvent>): Promise<void> {
    const folder = await this.#makeFolder(task);
    const name = `node-${pod.index}.${pod.createdAtMs}.${pod.uid}.log`;
    await writeLog(join(folder, name), randomBytes(4).toString('hex'), log);
  }

  /** When the log of a pod began, in nanoseconds since 1970, as it was noted; undefined when it was not. */
  async beginning(task: TaskKey, node: number, pod: string): Promise<bigint | undefined> {
    const text = await ifThere(readFile(join(this.#folder(task), beginningName(node, pod)), 'utf8'));
    // Whole ones have their newline.
    return text !== undefined && /^\d+\n$/.test(text) ? BigInt(text.trimEnd()) : undefined;
  }

  /** Notes when the log of a pod began. */
  async noteBeginning(task: TaskKey, pod: Pick<KeptPod, 'index' | 'uid'>, timeNs: bigint): Promise<void> {
    const folder = await this.#makeFolder(task);
    await writeFile(join(folder, beginningName(pod.index, pod.uid)), `${timeNs}\n`, { mode: 0o600 });
  }

  /** Removes all that is kept of a task. */
  async remove(task: TaskKey): Promise<void> {
    await rm(this.#folder(task), { recursive: true, force: true });
  }

  /**
   * Removes what was not touched for `minAgeMs` and belongs to no task, or was begun by a server that was killed; `taskOf` finds tasks
   * by their ids.
   */
  async sweep(taskOf: (id: string) => TaskKey | undefined, minAgeMs: number): Promise<void> {
    for (const name of await names(this.#directory)) {
      const path = join(this.#directory, name);
      const task = taskOf(taskIdOf(name));
      const isOwned = task !== undefined && folderName(task) === name;
      const left = isOwned ? (await names(path)).filter(isPart).map((part) => join(path, part)) : [path];
      for (const each of left) await this.#removeIfOld(each, minAgeMs);
    }
  }

  async #removeIfOld(path: string, minAgeMs: number): Promise<void> {
    // Another server may have finished it, or removed it, meanwhile.
    const found = await ifThere(stat(path));
    if (found && this.#now() - found.mtimeMs > minAgeMs) await rm(path, { recursive: true, force: true });
  }

  async #makeFolder(task: TaskKey): Promise<string> {
    const folder = this.#folder(task);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  #folder(task: TaskKey): string {
    return join(this.#directory, folderName(task));
  }
}

/** Ids of other tools' tasks are free text; those have no record and therefore no uid. */
function folderName({ id, uid }: TaskKey): string {
  return `${encodeURIComponent(id).replaceAll('.', '%2E')}${uid === undefined ? '' : `.${uid}`}`;
}

/** The id in the name of a folder; empty for what is no such name. */
function taskIdOf(folder: string): string {
  try {
    return decodeURIComponent(folder.split('.', 1)[0] ?? '');
  } catch {
    return '';
  }
}

function beginningName(node: number, pod: string): string {
  return `node-${node}.${pod}.began`;
}

async function names(directory: string): Promise<readonly string[]> {
  return (await ifThere(readdir(directory))) ?? [];
}
