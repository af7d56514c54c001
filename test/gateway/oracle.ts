/** The real grpc-gateway in front of the conformance service, as a program that somebody has built. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { optionSets } from './option-sets.js';

/** A gateway that runs: one port for each set of options. */
export interface Oracle {
  readonly ports: readonly number[];
  close(): Promise<void>;
}

/** Starts the program; rejects when it ends before it is ready. It takes a base port and listens on that and those behind it. */
export async function startOracle(program: string): Promise<Oracle> {
  const base = await freePorts(optionSets.length + 1);
  const child = spawn(program, [String(base)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  // Read until the end: a full pipe would hold the program up.
  const lines = createInterface({ input: child.stderr });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with exit code ${code} before it was ready`)));
    lines.on('line', (line) => {
      if (line.includes('ready base')) resolve();
    });
  });
  return {
    ports: optionSets.map((_, index) => base + 1 + index),
    close: async () => {
      child.kill();
      await exited;
    },
  };
}

/** The first of so many free ports in a row. */
async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(base + index)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no ${count} free ports in a row`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
