import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { KubeObject } from '../../store/object.js';
import { badRequest } from '../../store/status-error.js';
import { LogFile } from './log-file.js';
import { type LogOptions, readLog } from './log-reader.js';

/** The seam through which the API reads the output of containers. */
export type PodLogs = Pick<LogStore, 'read'>;

/** The log files of all pods of this node, open and closed ones. */
export class LogStore {
  readonly #podsDirectory: string;
  readonly #open = new Map<string, LogFile>();

  constructor(podsDirectory: string) {
    this.#podsDirectory = podsDirectory;
  }

  /** The file for a run of a container that is about to start; `restart` counts from 0. */
  create(podUid: string, container: string, restart: number): LogFile {
    const file = this.#file(podUid, container, restart);
    this.#open.set(this.#key(podUid, container, restart), file);
    return file;
  }

  /** Forgets the files of a pod; those who read them come to their end. */
  forget(podUid: string): void {
    for (const key of this.#open.keys()) if (key.startsWith(`${podUid}/`)) this.#open.delete(key);
  }

  /**
   * Resolves with the container's output, which has yet to come. Throws the StatusError 400 when the container has not been
   * started, is not one of the pod, or has no previous run.
   */
  async read(
    pod: KubeObject,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const file = await this.#find(pod, container, options.previous === true);
    return file === undefined ? Readable.from([]) : readLog(file, options, signal);
  }

  async #find(pod: KubeObject, container: string, previous: boolean): Promise<LogFile | undefined> {
    const { name, uid } = pod.metadata;
    if (!pod.spec.containers.some((entry: { name: string }) => entry.name === container)) {
      throw badRequest(`container ${container} is not valid for pod ${name}`);
    }
    const known: KubeObject['status'][] = pod.status?.containerStatuses ?? [];
    const status = known.find((entry) => entry.name === container);
    // A pod that no node has taken yet has an empty log.
    if (status === undefined) return undefined;
    const restart = status.restartCount - (previous ? 1 : 0);
    if (restart < 0) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
    const file = this.#open.get(this.#key(uid, container, restart));
    if (file !== undefined) return file;
    if (status.state?.waiting !== undefined && status.lastState?.terminated === undefined) {
      const reason = status.state.waiting.reason;
      throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${reason}`);
    }
    const left = this.#file(uid, container, restart);
    await left.adopt();
    return left;
  }

  #file(podUid: string, container: string, restart: number): LogFile {
    // Container names have no dots, so a run's file cannot be taken for another container's.
    return new LogFile(join(this.#podsDirectory, podUid), restart === 0 ? container : `${container}.${restart}`);
  }

  #key(podUid: string, container: string, restart: number): string {
    return `${podUid}/${container}/${restart}`;
  }
}
