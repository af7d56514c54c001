/** Programs that are measured: started, ready when they say where they listen, ended. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** A program that runs. */
export interface Program {
  readonly pid: number;
  /** What `ready` matched in its line of readiness. */
  readonly says: string;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

/** Arguments of Node for a program of dist/. Throws when it is not built. */
export function built(program: 'server' | 'cluster' | 'cli'): string {
  const path = fileURLToPath(new URL(`../../dist/${program}/main.js`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing; build it first: npm run build`);
  return path;
}

/** Node alone, answering HTTP: what a server of this kind starts from. Says its URL. */
export const BARE_NODE: readonly string[] = [
  '-e',
  "const s = require('node:http').createServer((_, r) => r.end('{}')); s.listen(0, '127.0.0.1', () => console.log('at http://127.0.0.1:' + s.address().port))",
];

/** As {@link startProgram}, for Node with these arguments. */
export function startNode(args: readonly string[], ready: RegExp, signal: AbortSignal): Promise<Program> {
  return startProgram([process.execPath, ...args], ready, signal);
}

/** Runs a command until it prints a line that `ready` matches; the first group is what it says. */
export async function startProgram(command: readonly string[], ready: RegExp, signal: AbortSignal): Promise<Program> {
  // Nothing of this shell may change what is measured: no NODE_OPTIONS, no settings of the server.
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  // Read until the end: a full pipe would hold the program up.
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    if (said.length > 20) said.shift();
  });
  const stop = (): Promise<void> => end(child);
  try {
    const says = await line(child, ready, AbortSignal.any([signal, AbortSignal.timeout(START_TIMEOUT_MS)]));
    if (says === undefined || child.pid === undefined) {
      throw new Error(`${command.join(' ')} did not start: ${said.join('').trim() || 'it said nothing'}`);
    }
    return { pid: child.pid, says, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The built server for a kubeconfig and a namespace, on a free port, with its kept logs in `directory`; says its URL. `through` is
 * put in front of the command.
 */
export function startServer(
  kubeconfig: string,
  namespace: string,
  directory: string,
  signal: AbortSignal,
  through: readonly string[] = [],
): Promise<Program> {
  const where = ['--port', '0', '--cluster', 'kubeconfig', '--kubeconfig', kubeconfig, '--namespace', namespace];
  const logs = ['--log-dir', join(directory, 'logs')];
  const command = [...through, process.execPath, built('server'), ...where, ...logs];
  return startProgram(command, /ready at (\S+)/, signal);
}

/** Gets a URL. Throws unless the answer is 200, and comes in time. */
export async function answers(url: string, signal: AbortSignal): Promise<void> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
  const request = get(url, { agent: false, signal: inTime });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`GET ${url} answered ${response.statusCode}`);
}

/** Resident memory of a process, in MB of a million bytes. */
export function residentMb(pid: number): number {
  const kib = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
  if (!Number.isFinite(kib) || kib === 0) throw new Error(`ps does not know the memory of process ${pid}`);
  return (kib * 1024) / 1e6;
}

/** The most resident memory that a process has had, in MB of a million bytes. */
export function peakMb(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error(`Linux does not tell the memory of process ${pid}`);
  return (Number(kib) * 1024) / 1e6;
}

/** Ticks of /proc are so long on Linux, everywhere. */
const TICK_MS = 10;

/** Processor time that a process has had so far, in milliseconds, on Linux. */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

async function line(child: ChildProcess, ready: RegExp, signal: AbortSignal): Promise<string | undefined> {
  if (!child.stdout) return undefined;
  const lines = createInterface({ input: child.stdout, signal });
  for await (const text of lines) {
    const match = ready.exec(text);
    if (match) return match[1];
  }
  signal.throwIfAborted();
  return undefined;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(timer);
}
