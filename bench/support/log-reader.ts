/** Command lines that print a log: the whole of it, or as it grows. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from './command.js';

/** Lines a second that a command prints, from the first that comes to the last. Throws when it does not print as many as it has to. */
export async function linesPerSecond(command: Command, lines: number, signal: AbortSignal): Promise<number> {
  let firstMs: number | undefined;
  let lastMs = 0;
  let count = 0;
  const child = start(command, signal);
  child.stdout?.on('data', (chunk: Buffer) => {
    lastMs = performance.now();
    firstMs ??= lastMs;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count += 1;
  });
  await ended(child);
  if (count < lines || firstMs === undefined)
    throw new Error(`${[command.program, ...command.args].join(' ')} printed ${count} of ${lines} lines`);
  return (count / (lastMs - firstMs)) * 1000;
}

/** A reader has caught up with what was there before it so long after its first lines. */
const CATCH_UP_MS = 1000;

/** How long after it was written each line comes, whose text is the time in nanoseconds, for so long after the reader has caught up; in milliseconds. */
export async function delaysOf(command: Command, forMs: number, signal: AbortSignal): Promise<number[]> {
  const delays: number[] = [];
  const child = start(command, signal);
  await new Promise<void>((resolve) => {
    let rest = '';
    let fromMs: number | undefined;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const nowMs = performance.timeOrigin + performance.now();
      if (fromMs === undefined) setTimeout(resolve, CATCH_UP_MS + forMs);
      fromMs ??= nowMs + CATCH_UP_MS;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const writtenMs of lines.filter(isTime).map((line) => Number(line) / 1e6)) {
        if (writtenMs >= fromMs) delays.push(nowMs - writtenMs);
      }
    });
    child.once('close', () => resolve());
  });
  child.kill('SIGKILL');
  await ended(child);
  return delays;
}

function isTime(line: string): boolean {
  return /^\d{19}$/.test(line);
}

function start({ program, args, env }: Command, signal: AbortSignal): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env, signal });
  child.on('error', () => {});
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.stdout?.destroyed !== true) await once(child, 'close');
}
