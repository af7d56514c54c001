#!/usr/bin/env node
import { userInfo } from 'node:os';
import { EXIT } from './exit-codes.js';
import { createIo } from './io.js';
import { run } from './run.js';

function osUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // An id without an entry in the user database, as in many containers.
    return process.env['USER'];
  }
}

async function main(): Promise<void> {
  const interrupt = new AbortController();
  process.on('SIGINT', () => {
    // The second Ctrl+C is meant: whatever still waits is left alone.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  });
  const exitCode = await run(process.argv.slice(2), {
    io: createIo(process, interrupt.signal, process),
    env: process.env,
    signal: interrupt.signal,
    now: Date.now,
    osUser,
  });
  // What a slow reader has not taken yet would be lost.
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(exitCode);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed || stream.errored) return resolve();
    const done = (): void => resolve();
    stream.once('error', done).once('close', done).write('', done);
  });
}

// Not a top-level await, which the CommonJS that the build makes of this does not know.
void main();
