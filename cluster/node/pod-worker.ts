import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteObject } from '../store/deletion.js';
import type { KubeObject } from '../store/object.js';
import { StatusError } from '../store/status-error.js';
import { restartDelayMs } from './backoff.js';
import { type ContainerRun, failedStart, runContainer } from './container-run.js';
import type { NodeContext } from './context.js';
import { ContainerConfigError } from './environment.js';
import { hostsFile } from './hosts.js';
import { dropWorkingFiles } from './pod-files.js';
import { LaunchError } from './process/container-process.js';
import { type ContainerRecord, type PodRecord, applyPodStatus } from './pod-status.js';
import { runcMessage } from './termination.js';
import { Timer } from './timer.js';
import { type PreparedVolume, VolumeError, prepareVolumes } from './volumes.js';
import { quantityValue } from '../kinds/quantity.js';
import { claimDirectory } from './claims.js';

const retryFirstMs = 500;
const retryMostMs = 120_000;
const retryConfigMs = 5_000;

/** Runs one pod from its being bound to this node until nothing of it is left running. */
export class PodWorker {
  readonly #context: NodeContext;
  readonly #directory: string;
  readonly #init = new Map<string, ContainerRecord>();
  readonly #main = new Map<string, ContainerRecord>();
  readonly #running = new Map<string, ContainerRun>();
  readonly #ending = new AbortController();
  readonly #killTimer = new Timer();
  readonly #deadline = new Timer();
  #pod: KubeObject;
  #sandboxReady = false;
  #podIp: string | undefined;
  #failure: PodRecord['failure'];
  #killed = false;
  #hosts = '';

  constructor(context: NodeContext, pod: KubeObject) {
    this.#context = context;
    this.#pod = pod;
    this.#directory = join(context.podsDirectory, pod.metadata.uid);
  }

  /** The address the pod has while it is not over. */
  get podIp(): string | undefined {
    return this.#podIp;
  }

  get pod(): KubeObject {
    return this.#pod;
  }

  /** Takes a newer version of the object; one that is being deleted starts to end. */
  update(pod: KubeObject): void {
    this.#pod = pod;
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
    if (deletionTimestamp !== undefined) this.end(deletionGracePeriodSeconds * 1000);
  }

  /** Ends the pod: SIGTERM to each container's first process, SIGKILL when the time is over. Can be shortened later. */
  end(graceMs: number, failure?: PodRecord['failure']): void {
    this.#failure ??= failure;
    this.#killTimer.set(graceMs, () => this.kill());
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    for (const [name, run] of this.#running) this.#stop(name, run);
  }

  /** Ends the pod at once. */
  kill(): void {
    this.#killed = true;
    this.#ending.abort();
    for (const run of this.#running.values()) run.process.kill();
  }

  /** Rewrites the names of the pod's peers where its containers see them. */
  async refreshHosts(pods: readonly KubeObject[], services: readonly KubeObject[]): Promise<void> {
    if (this.#podIp === undefined) return;
    const own = { ...this.#pod, status: { ...this.#pod.status, podIP: this.#podIp } };
    const text = hostsFile(own, pods, services);
    if (text === this.#hosts) return;
    this.#hosts = text;
    // In place: the file is mounted, a new one under its name would not be seen.
    await writeFile(this.#hostsPath, text, { mode: 0o644 }).catch(() => undefined);
  }

  /** Runs the pod; resolves when it is over and its final status is stored. Never rejects. */
  async run(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      this.#failure ??= { reason: 'NodeError', message: `the node could not run the pod: ${(error as Error).message}` };
      console.error(`pod ${this.#pod.metadata.name}: ${(error as Error).stack}`);
    }
    this.#ending.abort();
    this.kill();
    await Promise.allSettled([...this.#running.values()].map(({ terminated }) => terminated));
    this.#killTimer.clear();
    this.#deadline.clear();
    this.#sandboxReady = false;
    await this.#publish();
    this.#podIp = undefined;
    await dropWorkingFiles(this.#directory);
    await this.#confirmDeletion();
  }

  /** Lets the object of a pod that is over and was deleted go. */
  async #confirmDeletion(): Promise<void> {
    const { namespace, name, uid } = this.#pod.metadata;
    const current = this.#context.store.get('pods', namespace, name);
    if (current?.metadata.uid !== uid || current.metadata.deletionTimestamp === undefined) return;
    await deleteObject(this.#context.store, 'pods', namespace, name, {
      gracePeriodSeconds: 0,
      preconditions: { uid },
    }).catch(ignoreGone);
  }

  get #hostsPath(): string {
    return join(this.#directory, 'hosts');
  }

  async #run(): Promise<void> {
    const { spec } = this.#pod;
    const hasInit = (spec.initContainers?.length ?? 0) > 0;
    const reason = hasInit ? 'PodInitializing' : 'ContainerCreating';
    for (const { name } of spec.initContainers ?? []) this.#init.set(name, waiting(reason));
    for (const { name } of spec.containers) this.#main.set(name, waiting(reason));
    await this.#publish();
    const images = [...new Set(spec.containers.map(({ image }: { image: string }) => image))].join(', ');
    const message = `Images are not pulled (${images}): programs run with the files of this machine`;
    this.#event('Normal', 'ImageIgnored', message);
    this.#watchDeadline(spec.activeDeadlineSeconds);
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const volumes = await this.#prepareVolumes();
    if (volumes === undefined) return;
    const { addresses, store } = this.#context;
    this.#podIp = addresses.take(addressesInUse(store.list('pods')));
    await this.refreshHosts(store.list('pods', this.#pod.metadata.namespace), this.#services());
    this.#sandboxReady = true;
    await this.#publish();
    for (const container of spec.initContainers ?? []) {
      const record = this.#init.get(container.name) as ContainerRecord;
      await this.#runUntilDone(container, record, volumes, `spec.initContainers{${container.name}}`, true);
      if (this.#ending.signal.aborted || record.state.terminated?.exitCode !== 0) return;
    }
    await Promise.all(
      spec.containers.map((container: { name: string }) => {
        const record = this.#main.get(container.name) as ContainerRecord;
        return this.#runUntilDone(container, record, volumes, `spec.containers{${container.name}}`, false);
      }),
    );
  }

  #services(): KubeObject[] {
    return this.#context.store.list('services', this.#pod.metadata.namespace);
  }

  /** Undefined when the pod was ended before its volumes were there, or cannot have any here. */
  async #prepareVolumes(): Promise<Map<string, PreparedVolume> | undefined> {
    const { isolation, reasons } = this.#context.isolation;
    if (isolation === 'none' && (this.#pod.spec.volumes?.length ?? 0) > 0) {
      const message = `volumes need mount namespaces, which this machine does not allow (${reasons.join('; ')})`;
      this.#event('Warning', 'FailedMount', message);
      this.#failure = { reason: 'FailedMount', message };
      return undefined;
    }
    for (let wait = retryFirstMs; !this.#ending.signal.aborted; wait = Math.min(wait * 2, retryMostMs)) {
      try {
        return await prepareVolumes(this.#pod, {
          directory: join(this.#directory, 'volumes'),
          lookup: this.#lookup,
          claimDirectory: (name) => claimDirectory(this.#context, this.#pod.metadata.namespace, name),
          bytes: (quantity) => quantityValue(quantity) ?? 0,
        });
      } catch (error) {
        if (!(error instanceof VolumeError)) throw error;
        this.#event('Warning', 'FailedMount', error.message);
        await Timer.wait(wait, this.#ending.signal);
      }
    }
    return undefined;
  }

  /** Starts the container, again and again if the pod's restart policy says so, until it is done. */
  // biome-ignore lint/suspicious/noExplicitAny: a container of the pod's spec
  async #runUntilDone(
    container: any,
    record: ContainerRecord,
    volumes: ReadonlyMap<string, PreparedVolume>,
    fieldPath: string,
    isInit: boolean,
  ): Promise<void> {
    const policy = isInit && this.#pod.spec.restartPolicy === 'Always' ? 'OnFailure' : this.#pod.spec.restartPolicy;
    while (!this.#ending.signal.aborted) {
      const began = Date.now();
      const outcome = await this.#runOnce(container, record, volumes, fieldPath);
      if (outcome === 'retry') {
        await Timer.wait(retryConfigMs, this.#ending.signal);
        continue;
      }
      await this.#publish();
      const exitCode = record.state.terminated?.exitCode ?? 0;
      if (policy === 'Never' || (policy === 'OnFailure' && exitCode === 0) || this.#ending.signal.aborted) return;
      const wait = restartDelayMs(record.restartCount, Date.now() - began);
      record.lastState = record.state;
      if (wait > 0) await this.#backOff(container.name, record, wait, fieldPath);
      record.restartCount += 1;
    }
  }

  async #backOff(name: string, record: ContainerRecord, waitMs: number, fieldPath: string): Promise<void> {
    const { metadata } = this.#pod;
    const pod = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
    const message = `back-off ${waitMs / 1000}s restarting failed container=${name} pod=${pod}`;
    record.state = { waiting: { reason: 'CrashLoopBackOff', message } };
    this.#event('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${pod}`, fieldPath);
    await this.#publish();
    await Timer.wait(waitMs, this.#ending.signal);
    if (this.#ending.signal.aborted) record.state = record.lastState;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a container of the pod's spec
  async #runOnce(
    container: any,
    record: ContainerRecord,
    volumes: ReadonlyMap<string, PreparedVolume>,
    fieldPath: string,
  ): Promise<'ended' | 'retry'> {
    let run: ContainerRun;
    try {
      run = await runContainer(this.#context, {
        pod: { ...this.#pod, status: { ...this.#pod.status, podIP: this.#podIp } },
        container,
        restart: record.restartCount,
        volumes,
        hostsFile: this.#hostsPath,
        lookup: this.#lookup,
      });
    } catch (error) {
      return this.#notStarted(error, record, fieldPath);
    }
    this.#running.set(container.name, run);
    record.containerId = run.containerId;
    record.state = { running: { startedAt: run.startedAt } };
    this.#event('Normal', 'Created', 'Container created', fieldPath);
    this.#event('Normal', 'Started', 'Container started', fieldPath);
    if (this.#killed) run.process.kill();
    else if (this.#ending.signal.aborted) this.#stop(container.name, run);
    await this.#publish();
    const terminated = await run.terminated;
    this.#running.delete(container.name);
    record.state = { terminated: { ...terminated, containerID: run.containerId } };
    return 'ended';
  }

  async #notStarted(error: unknown, record: ContainerRecord, fieldPath: string): Promise<'ended' | 'retry'> {
    if (error instanceof ContainerConfigError) {
      record.state = { waiting: { reason: 'CreateContainerConfigError', message: error.message } };
      this.#event('Warning', 'Failed', `Error: ${error.message}`, fieldPath);
      await this.#publish();
      return 'retry';
    }
    if (!(error instanceof LaunchError)) throw error;
    if (error.stage === 'mount') this.#event('Warning', 'FailedMount', error.message);
    else {
      this.#event('Normal', 'Created', 'Container created', fieldPath);
      this.#event('Warning', 'Failed', `Error: ${runcMessage(error.message)}`, fieldPath);
    }
    record.state = { terminated: failedStart(error) };
    return 'ended';
  }

  #stop(name: string, run: ContainerRun): void {
    const list = this.#init.has(name) ? 'initContainers' : 'containers';
    this.#event('Normal', 'Killing', `Stopping container ${name}`, `spec.${list}{${name}}`);
    run.process.terminate();
  }

  #watchDeadline(seconds: number | undefined): void {
    if (seconds === undefined) return;
    const started = Date.parse(this.#pod.status?.startTime ?? new Date().toISOString());
    this.#deadline.set(started + seconds * 1000 - Date.now(), () => {
      const message = 'Pod was active on the node longer than the specified deadline';
      this.#event('Normal', 'DeadlineExceeded', message);
      this.end((this.#pod.spec.terminationGracePeriodSeconds ?? 30) * 1000, { reason: 'DeadlineExceeded', message });
    });
  }

  readonly #lookup = (resource: string, name: string): KubeObject | undefined =>
    this.#context.store.get(resource, this.#pod.metadata.namespace, name);

  async #publish(): Promise<void> {
    const { name, namespace, uid } = this.#pod.metadata;
    const record: PodRecord = {
      init: this.#init,
      main: this.#main,
      sandboxReady: this.#sandboxReady,
      ending: this.#ending.signal.aborted,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      ...(this.#podIp === undefined ? {} : { podIp: this.#podIp }),
    };
    const change = (draft: KubeObject): undefined | 'skip' => {
      if (draft.metadata.uid !== uid) return 'skip';
      applyPodStatus(draft, record, new Date());
      return undefined;
    };
    await this.#context.store.update('pods', namespace, name, change, { subresource: 'status' }).catch(ignoreGone);
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    const base = { object: this.#pod, type, reason, message, source: 'kubelet' };
    void this.#context.events.record(fieldPath === undefined ? base : { ...base, fieldPath });
  }
}

function waiting(reason: string): ContainerRecord {
  return { state: { waiting: { reason } }, lastState: {}, restartCount: 0 };
}

function addressesInUse(pods: readonly KubeObject[]): Set<string> {
  const live = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  return new Set(live.map(({ status }) => String(status?.podIP ?? '')));
}

function ignoreGone(error: unknown): void {
  // The pod was removed by force, or the store is being closed: nobody is left to tell.
  if (!(error instanceof StatusError) || (error.code !== 404 && error.code !== 503)) throw error;
}
