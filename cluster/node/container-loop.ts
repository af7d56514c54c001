import { isOutOfSpace } from '../store/no-space.js';
import type { KubeObject } from '../store/object.js';
import { restartDelayMs } from './backoff.js';
import { type ContainerRun, type PodSetup, runContainer } from './container-run.js';
import { ContainerConfigError } from './environment.js';
import type { ContainerState, ContainerStatus } from './pod-status.js';
import { probeStart } from './startup-probe.js';
import { LaunchError } from './process/container-process.js';
import { failedStart, runcMessage } from './termination.js';
import { Timer } from '../timer.js';

/** The pod a container belongs to, as its loop sees it. */
export interface PodView extends PodSetup {
  /** Fires when nothing is to be started any more. */
  readonly ending: AbortSignal;
  /** Stores what the records say now. */
  publish(): Promise<void>;
  event(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void;
}

const retryConfigMs = 5_000;

/** One container of a pod: started, and started again as the pod's restart policy says, until it is done. */
export class ContainerLoop {
  /** What is known of it; part of the pod's status. */
  readonly status: ContainerStatus;
  readonly #container: KubeObject['spec'];
  #run: ContainerRun | undefined;
  #killed = false;

  constructor(container: KubeObject['spec']) {
    this.#container = container;
    const { name, image } = container;
    const state = { waiting: { reason: 'ContainerCreating' } };
    this.status = { name, image, imageID: '', state, lastState: {}, restartCount: 0, ready: false, started: false };
  }

  /** The run that is under way; undefined while there is none. */
  get run(): ContainerRun | undefined {
    return this.#run;
  }

  /** SIGTERM to its first process. */
  stop(view: Pick<PodView, 'event'>): void {
    if (this.#run === undefined) return;
    view.event('Normal', 'Killing', `Stopping container ${this.#container.name}`, this.#fieldPath);
    this.#run.process.terminate();
  }

  /** SIGKILL to everything in it, now and whenever it should be started again. */
  kill(): void {
    this.#killed = true;
    this.#run?.process.kill();
  }

  /** Resolves when nothing of it runs and it is not to be started again. */
  async runUntilDone(view: PodView): Promise<void> {
    const policy: string = view.pod.spec.restartPolicy;
    const { status } = this;
    while (!view.ending.aborted) {
      const began = Date.now();
      if ((await this.#runOnce(view)) === 'retry') {
        await Timer.wait(retryConfigMs, view.ending);
        continue;
      }
      await view.publish();
      const succeeded = status.state.terminated?.exitCode === 0;
      if (policy === 'Never' || (policy === 'OnFailure' && succeeded) || view.ending.aborted) return;
      const wait = restartDelayMs(status.restartCount, Date.now() - began);
      status.lastState = status.state;
      if (wait > 0) await this.#backOff(view, wait);
      if (!view.ending.aborted) status.restartCount += 1;
    }
  }

  #enter(state: ContainerState, started = false): void {
    Object.assign(this.status, { state, ready: started, started });
  }

  get #fieldPath(): string {
    return `spec.containers{${this.#container.name}}`;
  }

  async #runOnce(view: PodView): Promise<'ended' | 'retry'> {
    let run: ContainerRun;
    try {
      run = await runContainer(view, this.#container, this.status.restartCount);
    } catch (error) {
      return this.#notStarted(view, error);
    }
    this.#run = run;
    const { startupProbe } = this.#container;
    this.status.containerID = run.containerId;
    this.#enter({ running: { startedAt: run.startedAt } }, startupProbe === undefined);
    view.event('Normal', 'Created', 'Container created', this.#fieldPath);
    view.event('Normal', 'Started', 'Container started', this.#fieldPath);
    // A container whose pod is deleted before it was started would not have been started at all.
    if (this.#killed || view.ending.aborted) run.process.kill();
    await view.publish();
    const over = new AbortController();
    if (startupProbe !== undefined) void this.#probe(view, run, AbortSignal.any([view.ending, over.signal]));
    const terminated = await run.terminated;
    over.abort();
    this.#run = undefined;
    this.#enter({ terminated: { ...terminated, containerID: run.containerId } });
    return 'ended';
  }

  /** Waits for the startup probe; a container whose probe has failed too often is ended. */
  async #probe(view: PodView, run: ContainerRun, signal: AbortSignal): Promise<void> {
    const started = await probeStart(this.#container.startupProbe, run.execTarget, signal);
    if (started === undefined || signal.aborted) return;
    if (started) {
      this.#enter(this.status.state, true);
      await view.publish();
      return;
    }
    const { name } = this.#container;
    view.event('Warning', 'Unhealthy', 'Startup probe failed', this.#fieldPath);
    view.event('Normal', 'Killing', `Container ${name} failed startup probe`, this.#fieldPath);
    run.process.terminate();
  }

  async #notStarted(view: PodView, error: unknown): Promise<'ended' | 'retry'> {
    const isMisconfigured = error instanceof ContainerConfigError;
    if (isMisconfigured || isOutOfSpace(error)) {
      const { message } = error as Error;
      const reason = isMisconfigured ? 'CreateContainerConfigError' : 'CreateContainerError';
      this.#enter({ waiting: { reason, message } });
      view.event('Warning', 'Failed', `Error: ${message}`, this.#fieldPath);
      await view.publish();
      return 'retry';
    }
    if (!(error instanceof LaunchError)) throw error;
    if (error.stage === 'mount') view.event('Warning', 'FailedMount', error.message);
    else {
      view.event('Normal', 'Created', 'Container created', this.#fieldPath);
      view.event('Warning', 'Failed', `Error: ${runcMessage(error.message)}`, this.#fieldPath);
    }
    this.#enter({ terminated: failedStart(error) });
    return 'ended';
  }

  async #backOff(view: PodView, waitMs: number): Promise<void> {
    const { name } = this.#container;
    const { metadata } = view.pod;
    const pod = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
    const message = `back-off ${waitMs / 1000}s restarting failed container=${name} pod=${pod}`;
    this.#enter({ waiting: { reason: 'CrashLoopBackOff', message } });
    view.event('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${pod}`, this.#fieldPath);
    await view.publish();
    await Timer.wait(waitMs, view.ending);
    // A pod that ends in between ended with its last run.
    if (view.ending.aborted) this.#enter(this.status.lastState);
  }
}
