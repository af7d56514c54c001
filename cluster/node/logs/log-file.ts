import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** When a log file is exchanged for a new one, and how many are kept in all (the defaults of the kubelet). */
export interface Rotation {
  maxBytes: number;
  maxFiles: number;
}

const kubeletRotation: Rotation = { maxBytes: 10 * 1024 * 1024, maxFiles: 5 };

/**
 * The log of one container on disk: `<name>.log`, and the older ones as `<name>.log.<generation>`. There is one
 * writer; readers wait on it for more and follow it from one generation to the next.
 */
export class LogFile {
  readonly directory: string;
  readonly name: string;
  readonly #rotation: Rotation;
  #generation = 0;
  #size = 0;
  #ended = false;
  #handle: FileHandle | undefined;
  #waiting = new Set<() => void>();

  constructor(directory: string, name: string, rotation: Rotation = kubeletRotation) {
    this.directory = directory;
    this.name = name;
    this.#rotation = rotation;
  }

  /** The number of the file that is written to now; each exchange counts one up. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether nothing more will be written. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes over what an earlier process left on disk, to be read only. */
  async adopt(): Promise<void> {
    this.#generation = Math.max(-1, ...(await this.#rotated())) + 1;
    this.#ended = true;
  }

  /** The path of a generation's file; without one, of the current file. */
  path(generation = this.#generation): string {
    const current = join(this.directory, `${this.name}.log`);
    return generation === this.#generation ? current : `${current}.${generation}`;
  }

  /** The oldest generation that is not older than `generation` and still kept. */
  oldestFrom(generation: number): number {
    return Math.max(generation, this.#generation - this.#rotation.maxFiles + 1);
  }

  /** Appends whole records. Not to be called again before it has resolved. */
  async append(records: Buffer): Promise<void> {
    if (this.#handle === undefined) {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      this.#handle = await open(this.path(), 'a', 0o600);
    }
    await this.#handle.writeFile(records);
    this.#size += records.length;
    if (this.#size >= this.#rotation.maxBytes) await this.#rotate();
    this.#wake();
  }

  /** Closes the file: readers come to its end. */
  async end(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    this.#ended = true;
    this.#wake();
  }

  /** Resolves when something was written, the file was exchanged or ended, or the signal fires. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      if (signal.aborted) return resolve();
      this.#waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  async #rotate(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    const full = this.path();
    await rename(full, `${full}.${this.#generation}`);
    this.#generation += 1;
    this.#size = 0;
    const oldest = this.oldestFrom(0);
    for (const generation of await this.#rotated()) {
      if (generation < oldest) await rm(this.path(generation), { force: true });
    }
  }

  async #rotated(): Promise<number[]> {
    const prefix = `${this.name}.log.`;
    const names = await readdir(this.directory).catch(() => []);
    return names.filter((name) => name.startsWith(prefix)).map((name) => Number(name.slice(prefix.length)));
  }

  #wake(): void {
    for (const done of this.#waiting) done();
  }
}
