/**
 * Parts of a measurement in processes of their own: what a caller sees is not to be what the memory and the other work of the
 * measuring process make of it.
 */

import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Told } from '../apart/answer-parent.js';

/** A part that runs. */
export interface Apart<Asked, Result> {
  /** Has it do what is asked for; one thing at a time. Rejects when it fails, or ends. */
  ask(asked: Asked): Promise<Result>;
  stop(): void;
}

/** Where a part runs: with what is measured and what measures, or on the other cores, where the cluster is if there are such. */
export type Place = 'here' | 'with the cluster';

/** What is measured is not to be how a part clears up after itself: much fits beside what lives long, and that has to have grown. */
const HARDLY_COLLECTING = [
  '--min-semi-space-size=128',
  '--max-semi-space-size=128',
  '--incremental-marking-soft-trigger=90',
];

/** Starts a program of apart/; resolves when it is ready. */
export async function startApart<Asked, Result>(
  program: 'change-pods' | 'read-pages',
  args: readonly string[],
  place: Place,
  signal: AbortSignal,
): Promise<Apart<Asked, Result>> {
  const path = fileURLToPath(new URL(`../apart/${program}.ts`, import.meta.url));
  const child = fork(path, args, { signal, execArgv: [...process.execArgv, ...HARDLY_COLLECTING] });
  child.on('error', () => {});
  const next = async (): Promise<Result | undefined> => {
    const over = new AbortController();
    const ended = once(child, 'exit', over).then(() => {
      throw new Error(`${program} has ended`);
    });
    const [told] = (await Promise.race([once(child, 'message', over), ended]).finally(() => over.abort())) as [
      Told<Result>,
    ];
    if (told.kind === 'failed') throw new Error(`${program}: ${told.why}`);
    return told.kind === 'done' ? told.result : undefined;
  };
  if (place === 'with the cluster' && child.pid !== undefined) moveToOtherCores(child.pid);
  await next();
  return {
    ask: async (asked) => {
      child.send(asked as object);
      return (await next()) as Result;
    },
    stop: () => child.kill(),
  };
}

/** Moves a process to the cores that `taskset` keeps from this one. */
function moveToOtherCores(pid: number): void {
  if (availableParallelism() === cpus().length) return;
  const allowed = /^Cpus_allowed_list:\s+(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const own = allowed.split(',').map((range) => range.split('-').map(Number));
  const isOwn = (core: number): boolean => own.some(([first = -1, last = first]) => first <= core && core <= last);
  const others = cpus().flatMap((_, core) => (isOwn(core) ? [] : [core]));
  execFileSync('taskset', ['-apc', others.join(','), String(pid)], { stdio: 'ignore' });
}
