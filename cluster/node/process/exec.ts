import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { type Exit, exitOf, firstProcess, killGroup, startOf } from './container-process.js';
import { findProgram, type Isolation, quote } from './launch-script.js';
import { childrenOf } from './proc.js';

/** Columns and rows of a terminal. */
export interface TerminalSize {
  width: number;
  height: number;
}

/** What is to be run in a container that runs. */
export interface ExecOptions {
  command: readonly string[];
  /** Whether it gets an input; otherwise that is empty. */
  stdin: boolean;
  /** The size of the terminal that it gets; undefined for none. */
  terminal: TerminalSize | undefined;
}

/** The container in which something is to be run. */
export interface ExecTarget {
  /** The container's process on the host. */
  pid: number;
  isolation: Isolation;
  /** Files into which a process writes 0 so that the container's limits are its own too. */
  joinFiles: readonly string[];
  /** Where its program was started, and what is run in it is. */
  workingDirectory: string;
}

/** A program that was started in a container. */
export interface ContainerExec {
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the program runs; rejects with LaunchError when it does not come to that. */
  readonly started: Promise<void>;
  readonly exited: Promise<Exit>;
  resize(size: TerminalSize): void;
  /** SIGKILL to the program and its group, if it still runs; its output is not read any more. */
  kill(): void;
}

const toolPath = '/usr/sbin:/usr/bin:/sbin:/bin';
/** Runs a tool of the machine with the limits of a container; what it runs finds its PATH as it was. */
function withTool(joinFiles: readonly string[]): string {
  // These files go with the container.
  const joins = joinFiles.map((file) => `echo 0 2>/dev/null >${quote(file)} || exit 1`);
  const tool = `path=$PATH; PATH=${toolPath}; tool=$(command -v "$1") || exit 127; PATH=$path; shift; exec "$tool" "$@"`;
  return [...joins, tool].join('; ');
}

/**
 * Starts a program in a running container, beside its first process: with its root, its names, its environment and its limits.
 * Undefined when the container has just ended.
 */
export async function startExec(container: ExecTarget, options: ExecOptions): Promise<ContainerExec | undefined> {
  const { pid, isolation } = container;
  const target = firstProcess(pid, isolation);
  if (target === undefined) return undefined;
  const environment = await environmentOf(target);
  const { stdin, terminal } = options;
  const start = terminal ? inTerminal(options.command, terminal, environment) : `printf 'ok\\n' >&3\nexec "$@" 3>&-\n`;
  const script = `${prepared(container, options)}\n${start}`;
  const [program, ...args] = enter(target, container, ['/bin/sh', '-c', script, 'sh', ...options.command]);
  if (terminal) Object.assign(environment, { TERM: environment['TERM'] ?? 'xterm', SHELL: '/bin/sh' });
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    env: environment,
    stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  // A program that does not read its input is no failure.
  child.stdin?.on('error', () => undefined);
  const exited = exitOf(child);
  const silent = terminal ? 'no terminal is to be had' : 'the container was ended';
  const started = startOf(child, exited, silent);
  started.catch(() => undefined);
  return {
    stdin: child.stdin ?? undefined,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    started,
    exited,
    // Before that there is no terminal, or its first size is yet to be set.
    resize: (size) => {
      started.then(
        () => resize(child, isolation, size),
        () => undefined,
      );
    },
    kill: () => {
      // Later its number may be somebody else's.
      if (child.exitCode === null && child.signalCode === null) killGroup(child.pid ?? -1);
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
  };
}

async function environmentOf(pid: number): Promise<Record<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const entries = text.split('\0').filter((entry) => entry.includes('='));
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

function enter(
  pid: number,
  { isolation, joinFiles }: ExecTarget,
  command: readonly string[],
): [program: string, ...args: string[]] {
  // What is in a pid namespace ends with its first process; elsewhere nothing must outlive this one.
  const tool = isolation === 'none' ? ['setpriv', '--pdeathsig', 'KILL', '--'] : ['nsenter', '--target', String(pid)];
  const user = isolation === 'bind' ? ['--user', '--preserve-credentials'] : [];
  const namespaces =
    isolation === 'none' ? [] : [...user, '--mount', '--pid', '--uts', '--ipc', '--root', '--wd', '--'];
  return ['/bin/sh', '-c', withTool(joinFiles), 'sh', ...tool, ...namespaces, ...command];
}

// Reports on descriptor 3, as the scripts of the container itself do.
const fail = `fail() { kind=$1; shift; printf '%s %s\\n' "$kind" "$*" >&3; exit 1; }`;

function prepared({ workingDirectory }: ExecTarget, { command }: ExecOptions): string {
  const directory = quote(workingDirectory);
  const missing = quote(`chdir to cwd (${JSON.stringify(workingDirectory)}): no such file or directory`);
  return [fail, `cd ${directory} 2>/dev/null || fail start ${missing}`, findProgram(command[0] ?? '', '"$PATH"')].join(
    '\n',
  );
}

/** The machine's own `script` is the only program of a small Debian that makes terminals. */
function inTerminal(command: readonly string[], size: TerminalSize, { SHELL: shell }: Record<string, string>): string {
  const inner = [
    `${PATH_OF_TOOLS} stty rows ${size.height} cols ${size.width} 2>/dev/null`,
    shell === undefined ? 'unset SHELL' : `SHELL=${quote(shell)}`,
    "printf 'ok\\n' >&3",
    `exec ${command.map(quote).join(' ')} 3>&-`,
  ].join('; ');
  const none = 'no terminal is to be had: the program "script" (package bsdutils) is not there';
  return [
    `tool=$(${PATH_OF_TOOLS} command -v script) || fail start ${quote(none)}`,
    `exec "$tool" --quiet --return --flush --echo always --command ${quote(inner)} /dev/null 2>&1`,
    '',
  ].join('\n');
}

const PATH_OF_TOOLS = `PATH=${toolPath}`;

/** Sets the size of the program's terminal, which tells the program. */
function resize({ pid = -1 }: ChildProcess, isolation: Isolation, { width, height }: TerminalSize): void {
  const script = firstProcess(pid, isolation);
  const [program] = script === undefined ? [] : childrenOf(script);
  if (program === undefined) return;
  const words = ['-F', `/proc/${program}/fd/0`, 'rows', String(height), 'cols', String(width)];
  spawn('stty', words, { stdio: 'ignore', env: { PATH: toolPath } }).on('error', () => undefined);
}
