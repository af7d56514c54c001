import type { KubeObject } from '../store/object.js';
import { StatusError } from '../store/status-error.js';
import type { ContainerRun } from './container-run.js';
import { type ContainerExec, type ExecOptions, startExec } from './process/exec.js';

/** What is to be run; it starts in the folder in which the container did. */
export type PodExecOptions = Omit<ExecOptions, 'workingDirectory'>;

/** Starts a program in a container of a pod; throws a StatusError when that does not run. */
export type PodExec = (pod: KubeObject, container: string, options: PodExecOptions) => Promise<ContainerExec>;

/** Starts a program in a run of a container. */
export async function execInPod(
  pod: KubeObject,
  name: string,
  run: ContainerRun | undefined,
  options: PodExecOptions,
): Promise<ContainerExec> {
  const container = pod.spec.containers.find((other: { name: string }) => other.name === name);
  const workingDirectory = container?.workingDir || '/';
  const running = run && (await startExec(run.execTarget, { ...options, workingDirectory }));
  if (run === undefined || running === undefined) {
    throw new StatusError(
      500,
      'InternalError',
      `unable to upgrade connection: container not found (${JSON.stringify(name)})`,
    );
  }
  // Where there is no namespace, nothing else ends it with its container.
  void run.terminated.catch(() => undefined).then(() => running.kill());
  return running;
}
