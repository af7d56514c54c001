import { open } from 'node:fs/promises';
import { timestamp } from '../store/object.js';
import type { LogFile } from './logs/log-file.js';
import { readLog } from './logs/log-reader.js';
import type { Exit, LaunchError } from './process/container-process.js';

/** `state.terminated` of a container status. */
export interface Terminated {
  exitCode: number;
  reason: string;
  message?: string;
  signal?: number;
  startedAt: string | null;
  finishedAt: string | null;
  containerID?: string;
}

const maxMessageBytes = 4096;
const maxFallbackBytes = 2048;
const maxFallbackLines = 80;
const epoch = '1970-01-01T00:00:00Z';

/** The end of a container whose program ran; `outOfMemory` when the kernel has ended any of its processes for that. */
export function ended(
  { exitCode }: Exit,
  outOfMemory: boolean,
  startedAt: string,
  finishedAt: Date,
  message: string,
): Terminated {
  return {
    exitCode,
    reason: outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
    ...(message === '' ? {} : { message }),
    startedAt,
    finishedAt: timestamp(finishedAt),
  };
}

/** The end of a container that could not be set up, or its program not be started, in the words of containerd and runc. */
export function failedStart({ stage, message }: LaunchError): Terminated {
  const said =
    stage === 'start'
      ? { reason: 'StartError', message: runcMessage(message) }
      : { reason: 'ContainerCannotRun', message };
  return { exitCode: 128, ...said, startedAt: epoch, finishedAt: timestamp() };
}

/** What the runtime says when it could not start a program. */
export function runcMessage(problem: string): string {
  return (
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
    `unable to start container process: ${problem}: unknown`
  );
}

/** The end of a container that was running when the node died. */
export function lostWithNode(startedAt: string | undefined, now: Date): Terminated {
  return {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    startedAt: startedAt ?? null,
    finishedAt: timestamp(now),
  };
}

/**
 * What the container says about its end: the content of its termination message file, else, where its policy asks
 * for it and it failed, the end of its log.
 */
export async function terminationMessage(
  container: { terminationMessagePolicy?: string },
  file: string,
  log: LogFile,
  exitCode: number,
): Promise<string> {
  const written = await readStart(file, maxMessageBytes);
  if (written !== '') return written;
  if (container.terminationMessagePolicy !== 'FallbackToLogsOnError' || exitCode === 0) return '';
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of readLog(log, { tailLines: maxFallbackLines }, new AbortController().signal)) {
    tail = Buffer.concat([tail, chunk]);
    if (tail.length > maxFallbackBytes) tail = tail.subarray(tail.length - maxFallbackBytes);
  }
  return tail.toString('utf8');
}

async function readStart(path: string, length: number): Promise<string> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
