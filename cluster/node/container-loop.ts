import { isOutOfSpace } from '../store/no-space.js';
import type { KubeObject } from '../store/object.js';
import { restartDelayMs } from './backoff.js';
import { type ContainerRun, type PodView, runContainer } from './container-run.js';
import { ContainerConfigError } from './environment.js';
import type { ContainerState, ContainerStatus } from './pod-status.js';
import { probeStart } from './startup-probe.js';
import { LaunchError } from './process/container-process.js';
import { failedStart, runcMessage } from './termination.js';
import { Timer } from '../timer.js';

const retryConfigMs = 5_000;

/** One container of a pod: started, and started again as the pod's restart policy says, until it is done. */
export class ContainerLoop {
  /** What is known of it; part of the pod's status. */
  readonly status: ContainerStatus;
  readonly #view: PodView;
  readonly #container: KubeObject['spec'];
  /** Of a run whose startup probe has failed. */
  readonly #killTimer = new Timer();
  #run: ContainerRun | undefined;
  #killed = false;

  constructor(view: PodView, container: KubeObject['spec']) {
    this.#view = view;
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
  stop(): void {
    if (this.#run === undefined) return;
    this.#event('Normal', 'Killing', `Stopping container ${this.#container.name}`);
    this.#run.process.terminate();
  }

  /** SIGKILL to everything in it, now and whenever it should be started again. */
  kill(): void {
    this.#killed = true;
    this.#run?.process.kill();
  }

  /** Resolves when nothing of it runs and it is not to be started again. */
  async runUntilDone(): Promise<void> {
    const view = this.#view;
    const policy: string = view.pod.spec.restartPolicy;
    const { status } = this;
    while (!view.ending.aborted) {
      const began = Date.now();
      if ((await this.#runOnce()) === 'retry') {
        await Timer.wait(retryConfigMs, view.ending);
        continue;
      }
      await view.publish();
      const succeeded = status.state.terminated?.exitCode === 0;
      if (policy === 'Never' || (policy === 'OnFailure' && succeeded) || view.ending.aborted) return;
      const wait = restartDelayMs(status.restartCount, Date.now() - began);
      status.lastState = status.state;
      if (wait > 0) await this.#backOff(wait);
      if (!view.ending.aborted) status.restartCount += 1;
    }
  }

  #enter(state: ContainerState, started = false): void {
    Object.assign(this.status, { state, ready: started, started });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#view.event(type, reason, message, `spec.containers{${this.#container.name}}`);
  }

  async #runOnce(): Promise<'ended' | 'retry'> {
    const view = this.#view;
    let run: ContainerRun;
    try {
      run = await runContainer(view, this.#container, this.status.restartCount);
    } catch (error) {
      return this.#notStarted(error);
    }
    this.#run = run;
    const { startupProbe } = this.#container;
    this.status.containerID = run.containerId;
    this.#enter({ running: { startedAt: run.startedAt } }, startupProbe === undefined);
    this.#event('Normal', 'Created', 'Container created');
    this.#event('Normal', 'Started', 'Container started');
    // It may have been told to end while it was being started, and what was started may have begun its work.
    if (this.#killed) run.process.kill();
    else if (view.ending.aborted) this.stop();
    await view.publish();
    const over = new AbortController();
    if (startupProbe !== undefined) void this.#probe(run, AbortSignal.any([view.ending, over.signal]));
    const terminated = await run.terminated;
    over.abort();
    this.#killTimer.clear();
    this.#run = undefined;
    this.#enter({ terminated: { ...terminated, containerID: run.containerId } });
    return 'ended';
  }

  /** Waits for the startup probe; a container whose probe has failed too often is ended, as gently as its pod would be. */
  async #probe(run: ContainerRun, signal: AbortSignal): Promise<void> {
    const started = await probeStart(this.#container.startupProbe, run.exec, signal);
    if (started === undefined || signal.aborted) return;
    if (started) {
      this.#enter(this.status.state, true);
      await this.#view.publish();
      return;
    }
    const { name } = this.#container;
    this.#event('Warning', 'Unhealthy', 'Startup probe failed');
    this.#event('Normal', 'Killing', `Container ${name} failed startup probe`);
    run.process.terminate();
    const graceSeconds: number = this.#view.pod.spec.terminationGracePeriodSeconds ?? 30;
    this.#killTimer.set(graceSeconds * 1000, () => run.process.kill());
  }

  async #notStarted(error: unknown): Promise<'ended' | 'retry'> {
    const isMisconfigured = error instanceof ContainerConfigError;
    if (isMisconfigured || isOutOfSpace(error)) {
      const { message } = error as Error;
      const reason = isMisconfigured ? 'CreateContainerConfigError' : 'CreateContainerError';
      this.#enter({ waiting: { reason, message } });
      this.#event('Warning', 'Failed', `Error: ${message}`);
      await this.#view.publish();
      return 'retry';
    }
    if (!(error instanceof LaunchError)) throw error;
    if (error.stage === 'mount') this.#view.event('Warning', 'FailedMount', error.message);
    else {
      this.#event('Normal', 'Created', 'Container created');
      this.#event('Warning', 'Failed', `Error: ${runcMessage(error.message)}`);
    }
    this.#enter({ terminated: failedStart(error) });
    return 'ended';
  }

  async #backOff(waitMs: number): Promise<void> {
    const view = this.#view;
    const { name } = this.#container;
    const { metadata } = view.pod;
    const pod = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
    const message = `back-off ${waitMs / 1000}s restarting failed container=${name} pod=${pod}`;
    this.#enter({ waiting: { reason: 'CrashLoopBackOff', message } });
    this.#event('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${pod}`);
    await view.publish();
    await Timer.wait(waitMs, view.ending);
    // A pod that ends in between ended with its last run.
    if (view.ending.aborted) this.#enter(this.status.lastState);
  }
}
