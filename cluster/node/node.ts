import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { EventRecorder } from '../store/events.js';
import { type KubeObject, type NewObject, hasCondition, isOver } from '../store/object.js';
import { StatusError } from '../store/status-error.js';
import type { Store, StoreEvent } from '../store/store.js';
import { type NodeContext, nodeName, podsFolder } from './context.js';
import type { ContainerRun } from './container-run.js';
import { LogStore, type PodLogs } from './logs/pod-logs.js';
import { nodeObject } from './node-object.js';
import { markLost } from './lost-pods.js';
import { type LimitReport, findControlGroups } from './process/find-control-groups.js';
import type { ContainerExec, ExecOptions } from './process/exec.js';
import { type IsolationReport, detectIsolation } from './process/isolation.js';
import { PodWorker } from './pod-worker.js';
import { volumeDirectory } from './volumes.js';

/** What the node is given. */
export interface NodeOptions {
  store: Store;
  events: EventRecorder;
  /** Directory for volumes, pods and their logs; made if it is missing. */
  dataDir: string;
  /** Ends all pods at once when it fires; `stop` is the gentle way. */
  signal: AbortSignal;
  /** How pods are to be kept apart; found out by trying when it is left out. */
  isolation?: IsolationReport;
  /** How cpu and memory are to be limited; found out by trying when it is left out. */
  limits?: LimitReport;
}

/** Starts a program in a container of a pod; throws a StatusError when that does not run. */
export type PodExec = (pod: KubeObject, container: string, options: ExecOptions) => Promise<ContainerExec>;

/** A node that runs. */
export interface RunningNode {
  logs: PodLogs;
  exec: PodExec;
  /** Ends all pods, gently at first, and resolves when none is left; takes 10 seconds at most. */
  stop(): Promise<void>;
}

const shutdownGraceMs = 8000;
const shutdown = { reason: 'Terminated', message: 'Pod was terminated in response to imminent node shutdown.' };

/** Starts the only node: it runs the pods that are bound to it as processes of this machine. */
export async function startNode({ store, events, dataDir, signal, ...given }: NodeOptions): Promise<RunningNode> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const directory = await realpath(dataDir);
  const podsDirectory = join(directory, podsFolder);
  await mkdir(podsDirectory, { recursive: true, mode: 0o700 });
  markLost(store, podsDirectory);
  await removeForgotten(store, directory, podsDirectory);
  const isolation = given.isolation ?? (await detectIsolation(directory));
  if (isolation.isolation === 'none') console.error(`pods are plain processes: ${isolation.reasons.join('; ')}`);
  const limits = given.limits ?? (await findControlGroups(directory));
  registerNode(store, await nodeObject(directory, isolation, limits));
  const context: NodeContext = {
    store,
    events,
    dataDir: directory,
    podsDirectory,
    isolation,
    limits,
    logs: new LogStore(podsDirectory),
  };
  const loop = new PodLoop(context);
  loop.start();
  signal.addEventListener('abort', () => void loop.stop(0), { once: true });
  return {
    logs: context.logs,
    exec: async (pod, container, options) => {
      const running = await loop.runOf(pod, container)?.exec(options);
      if (running !== undefined) return running;
      const why = `unable to upgrade connection: container not found (${JSON.stringify(container)})`;
      throw new StatusError(500, 'InternalError', why);
    },
    stop: async () => {
      await loop.stop(shutdownGraceMs);
      await limits.groups?.remove();
    },
  };
}

/** Keeps one worker for each pod of this node. */
class PodLoop {
  readonly #context: NodeContext;
  readonly #workers = new Map<string, { worker: PodWorker; over: Promise<void> }>();
  #unsubscribe: () => void = () => undefined;
  readonly #stopping = new AbortController();

  constructor(context: NodeContext) {
    this.#context = context;
  }

  start(): void {
    const { store } = this.#context;
    this.#unsubscribe = store.subscribe(['pods', 'services', 'persistentvolumeclaims'], (event) =>
      this.#onEvent(event),
    );
    for (const pod of store.list('pods')) this.#onPod(pod);
  }

  /** The run of a pod's container that is under way; undefined while there is none. */
  runOf(pod: KubeObject, container: string): ContainerRun | undefined {
    return this.#workers.get(pod.metadata.uid)?.worker.runOf(container);
  }

  /** Ends all pods and waits for them. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    for (const { worker } of this.#workers.values()) {
      const own = (worker.pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
      worker.end(Math.min(own, graceMs), shutdown);
    }
    await Promise.all([...this.#workers.values()].map(({ over }) => over));
    this.#unsubscribe();
  }

  #onEvent({ type, resource, object, previous }: StoreEvent): void {
    const { namespace, name, uid } = object.metadata;
    if (resource === 'services') return this.#refreshHosts(namespace, name);
    if (resource === 'persistentvolumeclaims') {
      if (type === 'DELETED') void remove(volumeDirectory(this.#context.dataDir, uid));
      return;
    }
    if (type === 'DELETED') this.#onDeleted(object);
    else this.#onPod(object);
    const changed = type === 'DELETED' || !isDeepStrictEqual(addressing(object), previous && addressing(previous));
    if (changed && object.spec.subdomain !== undefined) this.#refreshHosts(namespace, object.spec.subdomain);
  }

  #onPod(pod: KubeObject): void {
    if (pod.spec?.nodeName !== nodeName) return;
    const { uid } = pod.metadata;
    const known = this.#workers.get(uid);
    if (known !== undefined) return known.worker.update(pod);
    if (isOver(pod) || this.#stopping.signal.aborted) return;
    const worker = new PodWorker(this.#context, pod, this.#stopping.signal);
    if (pod.metadata.deletionTimestamp !== undefined) worker.update(pod);
    const over = worker.run().finally(() => {
      this.#workers.delete(uid);
      const { namespace, name } = pod.metadata;
      if (this.#context.store.get('pods', namespace, name)?.metadata.uid !== uid) void this.#forget(uid);
    });
    this.#workers.set(uid, { worker, over });
  }

  /** The object is gone: its processes go at once, if there are any left, and then its files. */
  #onDeleted(pod: KubeObject): void {
    const { uid } = pod.metadata;
    const known = this.#workers.get(uid);
    if (known === undefined) void this.#forget(uid);
    else known.worker.kill();
  }

  async #forget(uid: string): Promise<void> {
    this.#context.logs.forget(uid);
    await remove(join(this.#context.podsDirectory, uid));
  }

  #refreshHosts(namespace: string | undefined, subdomain: string): void {
    const { store } = this.#context;
    const concerned = [...this.#workers.values()].filter(
      ({ worker: { pod } }) => pod.metadata.namespace === namespace && pod.spec.subdomain === subdomain,
    );
    if (concerned.length === 0) return;
    const pods = store.list('pods', namespace);
    const services = store.list('services', namespace);
    for (const { worker } of concerned) void worker.refreshHosts(pods, services);
  }
}

/** All of a pod that its peers' hosts files depend on. */
function addressing({ metadata, status }: KubeObject): unknown {
  return [status?.podIP, status?.phase, hasCondition({ status }, 'Ready'), metadata.labels];
}

function registerNode(store: Store, fresh: NewObject): void {
  const known = store.get('nodes', undefined, nodeName) ?? store.create('nodes', fresh);
  store.update(known, (draft) => {
    draft.status = fresh['status'];
    Object.assign((draft.metadata.labels ??= {}), fresh.metadata.labels);
    Object.assign((draft.metadata.annotations ??= {}), fresh.metadata.annotations);
  });
}

/** Finds what is left on disk of pods and claims that do not exist any more; begins to remove it, without a wait for the end. */
async function removeForgotten(store: Store, dataDir: string, podsDirectory: string): Promise<void> {
  const forgotten = async (directory: string, resource: string): Promise<string[]> => {
    const known = new Set(store.list(resource).map(({ metadata }) => metadata.uid));
    const there = await readdir(directory).catch(() => []);
    return there.filter((uid) => !known.has(uid)).map((uid) => join(directory, uid));
  };
  const pods = await forgotten(podsDirectory, 'pods');
  const claims = await forgotten(volumeDirectory(dataDir, ''), 'persistentvolumeclaims');
  void Promise.all([...pods, ...claims].map(remove));
}

async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true }).catch((error: Error) => {
    console.error(`${directory} could not be removed: ${error.message}`);
  });
}
