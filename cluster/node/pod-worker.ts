import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { deleteObject } from '../store/deletion.js';
import { isOutOfSpace } from '../store/no-space.js';
import { type KubeObject, isOver } from '../store/object.js';
import { ContainerLoop } from './container-loop.js';
import type { ContainerRun, PodView } from './container-run.js';
import { freeAddress } from './addresses.js';
import type { NodeContext } from './context.js';
import { hostsText } from './hosts.js';
import { dropWorkingFiles } from './pod-files.js';
import { type PodRecord, applyPodStatus } from './pod-status.js';
import { Timer } from '../timer.js';
import { untilWritten } from './until-written.js';
import { type PreparedVolume, type VolumeContext, VolumeError, prepareVolumes, refreshDownward } from './volumes.js';

const retryFirstMs = 500;
const retryMostMs = 120_000;

/** Runs one pod from its being bound to this node until nothing of it is left running. */
export class PodWorker implements PodView {
  readonly context: NodeContext;
  volumes: ReadonlyMap<string, PreparedVolume> = new Map();
  readonly #stopping: AbortSignal;
  readonly #directory: string;
  readonly #loops: ReadonlyMap<string, ContainerLoop>;
  readonly #ending = new AbortController();
  readonly #killTimer = new Timer();
  readonly #deadline = new Timer();
  #pod: KubeObject;
  #sandboxReady = false;
  #podIp: string | undefined;
  #failure: PodRecord['failure'];
  #hosts = '';
  #written: Promise<void> = Promise.resolve();

  /** `stopping` fires when the node ends, and with it all waiting for a store that cannot be written. */
  constructor(context: NodeContext, pod: KubeObject, stopping: AbortSignal) {
    this.context = context;
    this.#stopping = stopping;
    this.#pod = pod;
    this.#directory = join(context.podsDirectory, pod.metadata.uid);
    const containers: { name: string }[] = pod.spec.containers;
    this.#loops = new Map(containers.map((container) => [container.name, new ContainerLoop(this, container)]));
  }

  /** The newest version of the object that it was told. */
  get pod(): KubeObject {
    return this.#pod;
  }

  /** The run of a container that is under way; undefined while there is none. */
  runOf(container: string): ContainerRun | undefined {
    return this.#loops.get(container)?.run;
  }

  /** Takes a newer version of the object; one that is being deleted starts to end. */
  update(pod: KubeObject): void {
    const before = this.#pod.metadata;
    this.#pod = pod;
    if (this.#sandboxReady && !isDeepStrictEqual(shown(before), shown(pod.metadata))) this.#refreshDownward();
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
    if (deletionTimestamp !== undefined) this.end(deletionGracePeriodSeconds * 1000);
  }

  /** Ends the pod: SIGTERM to each container's first process, SIGKILL when the time is over. Can be shortened later. */
  end(graceMs: number, failure?: PodRecord['failure']): void {
    this.#failure ??= failure;
    this.#killTimer.set(graceMs, () => this.kill());
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    for (const loop of this.#loops.values()) loop.stop();
  }

  /** Ends the pod at once. */
  kill(): void {
    this.#ending.abort();
    for (const loop of this.#loops.values()) loop.kill();
  }

  /** Rewrites the names of the pod's peers where its containers see them. */
  async refreshHosts(pods: readonly KubeObject[], services: readonly KubeObject[]): Promise<void> {
    if (this.#podIp === undefined) return;
    const text = hostsText(this.#pod, pods, services);
    if (text === this.#hosts) return;
    this.#hosts = text;
    // In place, because the file is mounted: a new one under its name would not be seen.
    await this.#write(() => writeFile(this.hostsFile, text, { mode: 0o644 }));
  }

  /** Runs the pod; resolves when it is over and its final status is stored. Never rejects. */
  async run(): Promise<void> {
    // Who has just bound the pod has something to say of it first.
    await new Promise(setImmediate);
    try {
      await this.#run();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#failure ??= { reason: 'NodeError', message: `the node could not run the pod: ${why}` };
      this.kill();
    }
    this.#ending.abort();
    this.#killTimer.clear();
    this.#deadline.clear();
    this.#sandboxReady = false;
    try {
      await this.publish();
      this.#podIp = undefined;
      await this.#written;
      await dropWorkingFiles(this.#directory);
      await this.#confirmDeletion();
    } catch (error) {
      console.error(`pod ${this.#pod.metadata.name}: its end could not be stored: ${String(error)}`);
    }
  }

  /** Writes files that containers see; one after another, or an older text could overtake a newer one. */
  #write(write: () => Promise<void>): Promise<void> {
    this.#written = this.#written.then(write).catch(() => undefined);
    return this.#written;
  }

  /** Rewrites the files that show the pod's own fields. */
  #refreshDownward(): void {
    void this.#write(() => refreshDownward(this.#pod, this.#volumeContext));
  }

  get #volumeContext(): VolumeContext {
    return { directory: join(this.#directory, 'volumes'), lookup: this.lookup, dataDir: this.context.dataDir };
  }

  get hostsFile(): string {
    return join(this.#directory, 'hosts');
  }

  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  async #run(): Promise<void> {
    const { spec, metadata } = this.#pod;
    const { store, dataDir } = this.context;
    await this.publish();
    const images = [...new Set(spec.containers.map(({ image }: { image: string }) => image))].join(', ');
    const ignored = `Images are not pulled (${images}): programs run with the files of this machine`;
    this.event('Normal', 'ImageIgnored', ignored);
    const { unlimited, problem } = this.context.limits;
    const asked = unlimited.filter((resource) =>
      spec.containers.some((container: KubeObject['spec']) => container.resources?.limits?.[resource] !== undefined),
    );
    if (asked.length > 0) {
      this.event('Warning', 'LimitsIgnored', `Limits of ${asked.join(' and ')} are not enforced: ${problem}`);
    }
    this.#watchDeadline(spec.activeDeadlineSeconds);
    const volumes = await this.#prepareVolumes();
    if (volumes === undefined) return;
    this.volumes = volumes;
    this.#podIp = freeAddress(dataDir, addressesInUse(store.list('pods')));
    this.#sandboxReady = true;
    this.#refreshDownward();
    await this.publish();
    await this.refreshHosts(store.list('pods', metadata.namespace), store.list('services', metadata.namespace));
    await Promise.all([...this.#loops.values()].map((loop) => loop.runUntilDone()));
  }

  /** Undefined when the pod was ended before its volumes were there, or cannot have any here. */
  async #prepareVolumes(): Promise<Map<string, PreparedVolume> | undefined> {
    const { isolation, reasons } = this.context.isolation;
    if (
      isolation === 'none' &&
      this.#pod.spec.volumes?.some((volume: KubeObject['spec']) => !needsNoMount(this.#pod, volume.name))
    ) {
      const message = `volumes need mount namespaces, which this machine does not allow (${reasons.join('; ')})`;
      this.event('Warning', 'FailedMount', message);
      this.#failure = { reason: 'FailedMount', message };
      return undefined;
    }
    for (let wait = retryFirstMs; !this.#ending.signal.aborted; wait = Math.min(wait * 2, retryMostMs)) {
      try {
        await mkdir(this.#directory, { recursive: true, mode: 0o700 });
        return await prepareVolumes(this.#pod, this.#volumeContext);
      } catch (error) {
        if (!(error instanceof VolumeError) && !isOutOfSpace(error)) throw error;
        this.event('Warning', 'FailedMount', (error as Error).message);
        await Timer.wait(wait, this.#ending.signal);
      }
    }
    return undefined;
  }

  #watchDeadline(seconds: number | undefined): void {
    if (seconds === undefined) return;
    this.#deadline.set(seconds * 1000, () => {
      const message = 'Pod was active on the node longer than the specified deadline';
      this.event('Normal', 'DeadlineExceeded', message);
      this.end((this.#pod.spec.terminationGracePeriodSeconds ?? 30) * 1000, { reason: 'DeadlineExceeded', message });
    });
  }

  readonly lookup = (resource: string, name: string): KubeObject | undefined =>
    this.context.store.get(resource, this.#pod.metadata.namespace, name);

  /** What is known of the pod now. */
  get #record(): PodRecord {
    return {
      containers: [...this.#loops.values()].map(({ status }) => status),
      sandboxReady: this.#sandboxReady,
      ending: this.#ending.signal.aborted,
      failure: this.#failure,
      podIp: this.#podIp,
    };
  }

  async publish(): Promise<void> {
    const { store } = this.context;
    const change = (draft: KubeObject): void => applyPodStatus(draft, this.#record, new Date());
    const write = (): unknown => store.update(this.#pod, change);
    await untilWritten(`status of pod ${this.#pod.metadata.name}`, write, this.#stopping);
  }

  /** Lets the object of a pod that is over and was deleted go. */
  async #confirmDeletion(): Promise<void> {
    const { store } = this.context;
    if (store.current(this.#pod)?.metadata.deletionTimestamp === undefined) return;
    const remove = (): unknown => deleteObject(store, this.#pod, { gracePeriodSeconds: 0 });
    await untilWritten(`end of pod ${this.#pod.metadata.name}`, remove, this.#stopping);
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    this.context.events.record({ object: this.#pod, type, reason, message, source: 'kubelet', fieldPath });
  }
}

/** Whether a volume is there without being mounted: what the pod is told of itself, and the machine's own /dev/shm. */
function needsNoMount({ spec }: KubeObject, name: string): boolean {
  const volume = spec.volumes.find((other: { name: string }) => other.name === name);
  const mounts: { name: string; mountPath: string }[] = spec.containers.flatMap(
    (container: KubeObject['spec']) => container.volumeMounts ?? [],
  );
  if (volume?.downwardAPI !== undefined) return true;
  return (
    volume?.emptyDir?.medium === 'Memory' &&
    mounts.every((mount) => mount.name !== name || mount.mountPath === '/dev/shm')
  );
}

/** What a downwardAPI volume may show of a pod. */
function shown({ labels, annotations }: KubeObject['metadata']): unknown {
  return { labels, annotations };
}

function addressesInUse(pods: readonly KubeObject[]): Set<string> {
  return new Set(pods.filter((pod) => !isOver(pod)).map(({ status }) => String(status?.podIP ?? '')));
}
