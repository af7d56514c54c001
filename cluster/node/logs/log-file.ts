import { EventEmitter, once } from 'node:events';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { wholeLength } from './record.js';

/** When a log goes on in a new file, and how many are kept in all (the defaults of the kubelet). */
export interface Rotation {
  maxBytes: number;
  maxFiles: number;
}

const kubeletRotation: Rotation = { maxBytes: 10 * 1024 * 1024, maxFiles: 5 };

/**
 * The log of one container on disk: `<name>.log`, and what follows when that is full as `<name>.log.<generation>`. There is one
 * writer; readers wait on it for more and follow it from one generation to the next.
 */
export class LogFile {
  readonly directory: string;
  readonly name: string;
  readonly #rotation: Rotation;
  readonly #events = new EventEmitter().setMaxListeners(0);
  #generation = 0;
  #size = 0;
  #ended = false;
  #changes = 0;
  #handle: FileHandle | undefined;

  constructor(directory: string, name: string, rotation: Rotation = kubeletRotation) {
    this.directory = directory;
    this.name = name;
    this.#rotation = rotation;
  }

  /** The number of the file that is written to now. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether nothing more will be written. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How often something was written, or the log ended. */
  get changes(): number {
    return this.#changes;
  }

  /** Takes over what an earlier process left on disk, to be read only. */
  async adopt(): Promise<void> {
    const prefix = `${this.name}.log.`;
    const names = await readdir(this.directory).catch(() => []);
    const later = names.filter((name) => name.startsWith(prefix)).map((name) => Number(name.slice(prefix.length)));
    this.#generation = Math.max(0, ...later);
    this.#ended = true;
  }

  /** The path of a generation's file. */
  path(generation: number): string {
    return join(this.directory, generation === 0 ? `${this.name}.log` : `${this.name}.log.${generation}`);
  }

  /** The oldest generation that is not older than `generation` and still kept. */
  oldestFrom(generation: number): number {
    return Math.max(generation, this.#generation - this.#rotation.maxFiles + 1);
  }

  /** Appends whole records; when it throws (a full disk, say) none is there in part. Not to be called again before it has settled. */
  async append(records: Buffer): Promise<void> {
    if (this.#handle === undefined) {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      this.#handle = await open(this.path(this.#generation), 'a', 0o600);
    }
    try {
      await this.#handle.writeFile(records);
    } catch (error) {
      const { size } = await this.#handle.stat();
      // What is whole stays: who follows the log may have read it already.
      this.#size += wholeLength(records.subarray(0, size - this.#size));
      await this.#handle.truncate(this.#size);
      this.#changed();
      throw error;
    }
    this.#size += records.length;
    if (this.#size >= this.#rotation.maxBytes) await this.#rotate();
    this.#changed();
  }

  /** Closes the file: readers come to its end. */
  async end(): Promise<void> {
    try {
      await this.#handle?.close();
    } finally {
      this.#handle = undefined;
      this.#ended = true;
      this.#changed();
    }
  }

  /** Resolves when there are more `changes` than a reader has seen, or the signal fires. */
  async changed(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#changes === seen) await once(this.#events, 'change', { signal }).catch(() => undefined);
  }

  async #rotate(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    this.#generation += 1;
    this.#size = 0;
    await rm(this.path(this.oldestFrom(0) - 1), { force: true });
  }

  #changed(): void {
    this.#changes += 1;
    this.#events.emit('change');
  }
}
