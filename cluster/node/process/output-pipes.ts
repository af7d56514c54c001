import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/** A pipe for what a program prints. */
export interface OutputPipe {
  reader: Readable;
  /** The program's end, as a descriptor of this process. To be closed here: reading ends when nobody has it open any more. */
  writeEnd: number;
}

const execute = promisify(execFile);

/**
 * Makes real pipes: what Node gives a child are sockets, and a program cannot open those again as `/dev/stdout` or
 * `/dev/stderr`, as shell scripts do.
 */
export async function outputPipes(directory: string): Promise<{ stdout: OutputPipe; stderr: OutputPipe }> {
  const [stdout, stderr] = [join(directory, 'stdout'), join(directory, 'stderr')];
  await execute('mkfifo', ['-m', '600', stdout, stderr]);
  return { stdout: await openPipe(stdout), stderr: await openPipe(stderr) };
}

async function openPipe(path: string): Promise<OutputPipe> {
  // The reading end first: without it, opening the other one would wait.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const reader = new Socket({ fd, readable: true, writable: false });
  const writeEnd = openSync(path, constants.O_WRONLY);
  await rm(path);
  return { reader, writeEnd };
}
