import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { quantityValue } from '../kinds/quantity.js';
import { type KubeObject, timestamp } from '../store/object.js';
import type { NodeContext } from './context.js';
import { type Lookup, containerEnvironment, declaredEnvironment, expand, hostnameOf } from './environment.js';
import { writeLog } from './logs/log-writer.js';
import {
  type ContainerProcess,
  type Exit,
  LaunchError,
  killGroup,
  startContainer,
} from './process/container-process.js';
import { type LimitedGroup, controllers } from './process/control-groups.js';
import type { Launch, Mount } from './process/launch-script.js';
import { type ContainerExec, type ExecOptions, startExec } from './process/exec.js';
import { endStrays } from './process/strays.js';
import { type Terminated, ended, terminationMessage } from './termination.js';
import { type PreparedVolume, volumeMounts } from './volumes.js';

/** A container that has been started, or that could not be. */
export interface ContainerRun {
  containerId: string;
  startedAt: string;
  process: ContainerProcess;
  /** Starts a program beside its own, which ends with it. Undefined when that has just ended. */
  exec: (options: ExecOptions) => Promise<ContainerExec | undefined>;
  /** Resolves when nothing of the container runs any more and its log is complete. */
  terminated: Promise<Terminated>;
}

/** The pod of a container, as those who run the container see it. */
export interface PodView {
  readonly context: NodeContext;
  /** Its newest version, which has an address. */
  readonly pod: KubeObject;
  readonly volumes: ReadonlyMap<string, PreparedVolume>;
  readonly hostsFile: string;
  readonly lookup: Lookup;
  /** Fires when nothing is to be started any more. */
  readonly ending: AbortSignal;
  /** Stores what its containers' statuses say now. */
  publish(): Promise<void>;
  event(type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void;
}

const streamGraceMs = 2000;

/**
 * Starts one run of a container and resolves when its program runs. Throws LaunchError when it cannot be set up or
 * started, ContainerConfigError when its environment cannot be made.
 */
export async function runContainer(
  view: PodView,
  container: KubeObject['spec'],
  restart: number,
): Promise<ContainerRun> {
  const { context, pod } = view;
  const podDirectory = join(context.podsDirectory, pod.metadata.uid);
  const directory = join(podDirectory, `${container.name}.${restart}.container`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const messageFile = join(directory, 'termination-log');
  await writeFile(messageFile, '', { mode: 0o666 });
  const group = await limitedGroup(context, container, `${pod.metadata.uid}.${container.name}.${restart}`);
  const joinFiles = group?.joinFiles ?? [];
  const clear = async (): Promise<void> => {
    await group?.remove();
    await rm(directory, { recursive: true, force: true });
  };
  let launch: Launch;
  let process: ContainerProcess;
  try {
    launch = await launchOf(view, container, directory, messageFile, joinFiles);
    process = await startContainer(launch);
  } catch (error) {
    // Why it could not be launched matters more than what could not be removed.
    await clear().catch(() => undefined);
    throw error;
  }
  // Not before there is a program: nobody else would end the log, and who follows it would wait for ever.
  const log = context.logs.create(pod.metadata.uid, container.name, restart);
  let startedAt = timestamp();
  const written = writeLog(log, process, (error) => {
    console.error(`log of ${pod.metadata.name}/${container.name}: output is lost: ${error.message}`);
  });
  const beside = new Set<ContainerExec>();
  const over = untilOver(process, written, launch);
  const terminated = over.then(async (exit) => {
    const finishedAt = new Date();
    const message = await terminationMessage(container, messageFile, log, exit.exitCode);
    const outOfMemory = (await group?.ranOutOfMemory()) ?? false;
    // In a namespace the kernel ends them; what waits for them outside of it has yet to say how.
    if (launch.isolation === 'none') for (const other of beside) other.kill();
    await clear();
    return ended(exit, outOfMemory, startedAt, finishedAt, message);
  });
  terminated.catch(() => undefined);
  try {
    await process.started;
    // Not the time that its mounts took: deadlines count from here.
    startedAt = timestamp();
  } catch (error) {
    await terminated;
    throw error;
  }
  const { isolation, workingDirectory } = launch;
  const exec = async (options: ExecOptions): Promise<ContainerExec | undefined> => {
    const other = await startExec({ pid: process.pid, isolation, joinFiles, workingDirectory }, options);
    if (other === undefined) return undefined;
    beside.add(other);
    void other.exited.then(() => beside.delete(other));
    return other;
  };
  return { containerId: `embedded://${randomBytes(32).toString('hex')}`, startedAt, process, exec, terminated };
}

/** When the first process has ended, everything else in the container is ended too, as in a container. */
async function untilOver(process: ContainerProcess, written: Promise<void>, launch: Launch): Promise<Exit> {
  const exit = await process.exited;
  if (launch.isolation === 'none') {
    killGroup(process.pid);
    await endStrays((container) => container === launch.container);
    const finished = new AbortController();
    void written.then(() => finished.abort());
    // Something may be left that was not found, with our pipes in its hands. In a namespace nothing is, however long the rest takes.
    await delay(streamGraceMs, undefined, { signal: finished.signal }).catch(() => undefined);
    process.stdout.destroy();
    process.stderr.destroy();
  }
  await written;
  return exit;
}

/** Undefined where there is no limit, or none can be enforced. */
async function limitedGroup(
  { limits }: NodeContext,
  container: KubeObject['spec'],
  name: string,
): Promise<LimitedGroup | undefined> {
  const asked = container.resources?.limits ?? {};
  const limited = controllers.filter((controller) => asked[controller] !== undefined);
  if (limits.groups === undefined || limited.length === 0) return undefined;
  const amounts = Object.fromEntries(limited.map((controller) => [controller, quantityValue(asked[controller])]));
  try {
    return await limits.groups.create(name, amounts);
  } catch (error) {
    throw new LaunchError('mount', `cannot limit cpu and memory: ${(error as Error).message}`);
  }
}

async function launchOf(
  { context, pod, volumes, hostsFile, lookup }: PodView,
  container: KubeObject['spec'],
  directory: string,
  messageFile: string,
  joinFiles: readonly string[],
): Promise<Launch> {
  const { isolation } = context.isolation;
  const declared = declaredEnvironment(pod, container, lookup);
  const workingDirectory = container.workingDir || '/';
  const messagePath = container.terminationMessagePath || '/dev/termination-log';
  const mounts: Mount[] = [
    { source: hostsFile, target: '/etc/hosts', file: true },
    { source: messageFile, target: messagePath, file: true },
    // Root's own folder cannot be read in a user namespace of somebody else.
    ...(isolation === 'bind' ? [{ target: '/root' }] : []),
    ...(await volumeMounts(container, volumes)),
  ];
  const words: string[] = [...(container.command ?? []), ...(container.args ?? [])];
  const environment = containerEnvironment(pod, declared, isolation === 'none' ? homedir() : '/root');
  return {
    isolation,
    container: `${pod.metadata.uid}/${container.name}`,
    directory,
    hidden: context.dataDir,
    hostname: hostnameOf(pod),
    mounts,
    joinFiles,
    workingDirectory,
    environment,
    command: words
      .map((word) => expand(word, declared))
      // Nothing can be mounted there, and the path would be a file of the machine.
      .map((word) => (isolation === 'none' ? unmounted(word, mounts) : word)),
  };
}

/** The word with the paths that things have on the machine, instead of those at which nothing can be mounted. */
function unmounted(word: string, mounts: readonly Mount[]): string {
  return mounts
    .filter(({ target }) => target !== '/etc/hosts')
    .reduce((text, { source, target }) => (source === undefined ? text : text.replaceAll(target, source)), word);
}
