import { execFile } from 'node:child_process';
import { close, constants, open } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/** The pipes for what a program prints. */
export interface OutputPipes {
  stdout: Readable;
  stderr: Readable;
  /** The program's ends, as descriptors of this process. */
  writeEnds: { stdout: number; stderr: number };
  /** Closes them here: reading ends when nobody has them open any more. */
  closeWriteEnds(): Promise<void>;
}

const execute = promisify(execFile);
const openDescriptor = promisify(open);
const closeDescriptor = promisify(close);

/**
 * Makes real pipes: what Node gives a child are sockets, and a program cannot open those again as `/dev/stdout` or
 * `/dev/stderr`, as shell scripts do.
 */
export async function outputPipes(directory: string): Promise<OutputPipes> {
  const [stdoutPath, stderrPath] = [join(directory, 'stdout'), join(directory, 'stderr')];
  await execute('mkfifo', ['-m', '600', stdoutPath, stderrPath]);
  const stdout = await openPipe(stdoutPath);
  const stderr = await openPipe(stderrPath);
  return {
    stdout: stdout.reader,
    stderr: stderr.reader,
    writeEnds: { stdout: stdout.writeEnd, stderr: stderr.writeEnd },
    closeWriteEnds: async () => {
      await Promise.all([closeDescriptor(stdout.writeEnd), closeDescriptor(stderr.writeEnd)]);
    },
  };
}

async function openPipe(path: string): Promise<{ reader: Socket; writeEnd: number }> {
  // The reading end first: without it, opening the other one would wait.
  const fd = await openDescriptor(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const reader = new Socket({ fd, readable: true, writable: false });
  const writeEnd = await openDescriptor(path, constants.O_WRONLY);
  await rm(path);
  return { reader, writeEnd };
}
