/** Commands that are timed: the command line, Node and kubectl, none of which sees anything of this machine's configuration. */

import { execFile } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchCluster } from './cluster.js';
import { built } from './program.js';
import { USER } from './task.js';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** A program with its arguments and its whole environment. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A command that has ended well. */
export interface Done {
  /** From its start until it has ended and all of its output is here. */
  readonly ms: number;
  readonly stdout: string;
}

/** Node that does nothing. */
export function bareNode(cluster: BenchCluster): Command {
  return { program: process.execPath, args: ['-e', '0'], env: home(cluster) };
}

/** The built command line with the server at an address, or with none. */
export function commandLine(cluster: BenchCluster, server: string, ...args: string[]): Command {
  const env = { ...home(cluster), K8S_CLI_API_URL: server, K8S_CLI_USER: USER };
  return { program: process.execPath, args: [built('cli'), ...args], env };
}

/** kubectl in the namespace that servers serve. */
export function kubectl(cluster: BenchCluster, program: string, ...args: string[]): Command {
  const where = ['--kubeconfig', cluster.kubeconfig, '--namespace', cluster.served];
  return { program, args: [...where, ...args], env: home(cluster) };
}

/**
 * The kubectl that K8S_CLI_KUBECTL names, or that of the PATH, and its version. One that only looks for the kubectl that fits the
 * cluster, as Google's packages have, is slower than that: then it is the newest one beside it. Throws where there is none.
 */
export async function findKubectl(
  signal: AbortSignal,
): Promise<{ readonly program: string; readonly version: string }> {
  const named = process.env['K8S_CLI_KUBECTL'] ?? (await pathOfKubectl(signal));
  const version = await versionOf(named, signal);
  if (!version.includes('dispatcher')) return { program: named, version };
  const folder = dirname(realpathSync(named));
  const minorOf = (name: string): number => Number(/^kubectl\.1\.(\d+)$/.exec(name)?.[1] ?? Number.NaN);
  const [newest] = readdirSync(folder)
    .filter((name) => !Number.isNaN(minorOf(name)))
    .toSorted((a, b) => minorOf(b) - minorOf(a));
  if (newest === undefined) throw new Error(`${named} is no kubectl of its own; name one with K8S_CLI_KUBECTL`);
  const program = join(folder, newest);
  return { program, version: await versionOf(program, signal) };
}

/** Runs a command to its end. Throws unless it ends with 0. */
export async function run({ program, args, env }: Command, signal: AbortSignal): Promise<Done> {
  const beganMs = performance.now();
  const { stdout } = await promisify(execFile)(program, [...args], { env, signal, maxBuffer: MAX_OUTPUT_BYTES });
  return { ms: performance.now() - beganMs, stdout };
}

function home(cluster: BenchCluster): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: cluster.directory };
}

async function pathOfKubectl(signal: AbortSignal): Promise<string> {
  const which = { program: '/bin/sh', args: ['-c', 'command -v kubectl'], env: { PATH: process.env['PATH'] ?? '' } };
  const found = await run(which, signal).catch(() => undefined);
  if (found === undefined)
    throw new Error('there is no kubectl in the PATH to compare with; name one with K8S_CLI_KUBECTL');
  return found.stdout.trim();
}

async function versionOf(program: string, signal: AbortSignal): Promise<string> {
  const { stdout } = await run({ program, args: ['version', '--client', '-o', 'json'], env: {} }, signal);
  return (JSON.parse(stdout) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion;
}
