import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { outputPipes } from './output-pipes.js';
import { catchesTerm, childrenOf, sendSignal } from './proc.js';
import { containerVariable } from './strays.js';
import { type Isolation, type Launch, innerScript, rootScript } from './launch-script.js';

/** How a container's first process ended. Of a signal, `exitCode` is 128 plus its number, as a shell counts. */
export interface Exit {
  exitCode: number;
  signal?: number;
}

/** A container could not be set up (`mount`) or its program not be started (`start`). */
export class LaunchError extends Error {
  readonly stage: 'mount' | 'start';

  constructor(stage: 'mount' | 'start', message: string) {
    super(message);
    this.stage = stage;
  }
}

/** A running container. */
export interface ContainerProcess {
  /** Process on the host whose end is the container's end, and whose group holds it where there is no namespace. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the program runs; rejects with LaunchError when it does not come to that. */
  readonly started: Promise<void>;
  /** Resolves when the first process has ended. */
  readonly exited: Promise<Exit>;
  /**
   * SIGTERM to the container's first process only, as Kubernetes does. A program that has just been started gets it once it
   * listens.
   */
  terminate(): void;
  /** SIGKILL to everything in the container. */
  kill(): void;
}

const maxReportLength = 64 * 1024;
/** How unshare before 2.39 fails when its child was killed, instead of ending by the same signal. */
const killedChild = 'sigprocmask unblock failed';

/** Starts a container. Its files are in `launch.directory`. */
export async function startContainer(launch: Launch): Promise<ContainerProcess> {
  await mkdir(launch.directory, { recursive: true, mode: 0o700 });
  const inner = join(launch.directory, 'inner.sh');
  const outer = join(launch.directory, 'outer.sh');
  // The environment may hold secrets: a file of mode 600, while arguments could be read by everybody.
  await writeFile(inner, innerScript(launch), { mode: 0o600 });
  if (launch.isolation !== 'none') await writeFile(outer, await rootScript(launch, inner), { mode: 0o600 });
  const [program, ...args] = commandLine(launch.isolation, launch.isolation === 'none' ? inner : outer);
  const pipes = await outputPipes(launch.directory);
  let exited: Promise<Exit>;
  let started: Promise<void>;
  let pid: number;
  let startedAt = Date.now();
  try {
    const child = spawn(program, args, {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', [containerVariable]: launch.container },
      // What the programs that make the namespaces have to say is not the container's: its stderr is the last one.
      stdio: ['ignore', pipes.stdout.writeEnd, 'pipe', 'pipe', pipes.stderr.writeEnd],
    });
    pid = child.pid ?? -1;
    // Before anything is waited for: a short program has ended by then, and nobody would hear of it.
    exited = containerExit(child);
    started = startOf(child, exited, 'the container was ended while it was set up');
    // Whoever asks later still gets the error; nobody asking must not be an unhandled rejection.
    started.then(
      () => (startedAt = Date.now()),
      () => undefined,
    );
  } finally {
    for (const { writeEnd } of Object.values(pipes)) closeSync(writeEnd);
  }
  return {
    pid,
    stdout: pipes.stdout.reader,
    stderr: pipes.stderr.reader,
    started,
    exited,
    terminate: () => terminate(pid, launch.isolation, startedAt, exited),
    kill: () => kill(pid, launch.isolation),
  };
}

/** SIGKILL to the group that a container was started in; where it has namespaces, all of it dies with their parent. */
export function killGroup(pid: number): void {
  if (pid > 1) sendSignal(-pid, 'SIGKILL');
}

function commandLine(isolation: Isolation, script: string): [program: string, ...args: string[]] {
  // Only Linux lets the kernel end a process when its parent dies, however that happens.
  if (process.platform !== 'linux') return ['/bin/sh', script];
  const dieWithParent = ['--pdeathsig', 'KILL', '--'];
  if (isolation === 'none') return ['setpriv', ...dieWithParent, '/bin/sh', script];
  const user = isolation === 'bind' ? ['--user', '--map-root-user'] : [];
  const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--propagation', 'private'];
  const shell = ['--fork', '--kill-child=KILL', '--', '/bin/sh', script];
  return ['setpriv', ...dieWithParent, 'unshare', ...user, ...namespaces, ...shell];
}

/** How a container ends, whatever the program that made its namespaces makes of that. */
async function containerExit(child: ChildProcess): Promise<Exit> {
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    if (said.length < maxReportLength) said += text.toString();
  });
  const exit = await exitOf(child);
  if (exit.exitCode !== 1 || child.stderr === null) return exit;
  await finished(child.stderr).catch(() => undefined);
  const signal = constants.signals.SIGKILL;
  return said.includes(killedChild) ? { exitCode: 128 + signal, signal } : exit;
}

/** How a process that was spawned ends. */
export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ exitCode: 128 }));
    child.once('exit', (code, name) => {
      if (name === null) return resolve({ exitCode: code ?? 0 });
      const signal = constants.signals[name];
      resolve({ exitCode: 128 + signal, signal });
    });
  });
}

/**
 * Resolves when what runs in the process says on descriptor 3 that its program is about to run; rejects with LaunchError. `silent`
 * is what must have happened when it ended without a word.
 */
export async function startOf(child: ChildProcess, exited: Promise<Exit>, silent: string): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new LaunchError('start', error.message)));
  });
  failed.catch(() => undefined);
  const reports = child.stdio[3];
  const report = await Promise.race([reports instanceof Readable ? readReport(reports) : '', failed]);
  if (report.startsWith('ok')) return;
  const space = report.indexOf(' ');
  const stage = report.slice(0, space);
  if (stage === 'mount' || stage === 'start') throw new LaunchError(stage, report.slice(space + 1).trim());
  const { exitCode } = await exited;
  throw new LaunchError('start', `${silent} (exit code ${exitCode})`);
}

async function readReport(stream: Readable): Promise<string> {
  let report = '';
  try {
    for await (const chunk of stream) {
      report += String(chunk);
      if (report.startsWith('ok\n') || report.length > maxReportLength) break;
    }
  } catch {
    // A broken pipe tells as little as a closed one.
  }
  return report;
}

/** The first process of what a program has made: in a pid namespace it is the only child of the one that made the namespace. */
export function firstProcess(pid: number, isolation: Isolation): number | undefined {
  return isolation === 'none' ? pid : childrenOf(pid)[0];
}

/** So long a program may take from its start until it listens to signals. */
const startUpMs = 1000;
const listenAgainMs = 20;

function terminate(pid: number, isolation: Isolation, startedAt: number, exited: Promise<Exit>): void {
  const target = firstProcess(pid, isolation);
  if (target === undefined) return;
  // The first process of a namespace does not get signals for which it has no handler: a shell that is still starting
  // would never hear of this one.
  if (isolation !== 'none' && !catchesTerm(target) && Date.now() - startedAt < startUpMs) {
    const timer = setTimeout(() => terminate(pid, isolation, startedAt, exited), listenAgainMs);
    void exited.then(() => clearTimeout(timer));
  } else sendSignal(target, 'SIGTERM');
}

function kill(pid: number, isolation: Isolation): void {
  const first = firstProcess(pid, isolation);
  // The parent of a namespace is left alone: it ends when everything in the namespace has, which tells us so.
  if (isolation === 'none' || first === undefined) killGroup(pid);
  else sendSignal(first, 'SIGKILL');
}
