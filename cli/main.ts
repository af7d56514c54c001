#!/usr/bin/env node
import { userInfo } from 'node:os';
import { createIo } from './io.js';
import { run } from './run.js';

const interrupt = new AbortController();
process.on('SIGINT', () => {
  // The second Ctrl+C is meant: whatever still waits is left alone.
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});

function osUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // An id without an entry in the user database, as in many containers.
    return process.env['USER'];
  }
}

const exitCode = await run(process.argv.slice(2), {
  io: createIo(process.stdin, process.stdout, process.stderr, interrupt.signal, process),
  env: process.env,
  signal: interrupt.signal,
  now: Date.now,
  osUser,
});
process.exit(exitCode);
