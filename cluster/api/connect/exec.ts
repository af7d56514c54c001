import type { WebSocket } from 'ws';
import { LaunchError } from '../../node/process/container-process.js';
import type { ContainerExec, ExecOptions } from '../../node/process/exec.js';
import type { KubeObject } from '../../store/object.js';
import { StatusError, badRequest } from '../../store/status-error.js';
import { containerOf } from '../logs.js';
import { booleanParameter } from '../request.js';
import { Channels, write } from './channels.js';

const stdin = 0;
const stdout = 1;
const stderr = 2;
const result = 3;
const resize = 4;
const close = 255;

const usualSize = { width: 80, height: 24 };

/** What the query of an exec asks for; throws BadRequest. */
export function execRequest(pod: KubeObject, query: URLSearchParams): ExecOptions & { container: string } {
  const container = containerOf(pod, query.get('container'));
  const { name } = pod.metadata;
  if (!pod.spec.containers.some((other: { name: string }) => other.name === container)) {
    throw badRequest(`container ${container} is not valid for pod ${name}`);
  }
  const command = query.getAll('command');
  if (command.length === 0 || command[0] === '') {
    throw badRequest('you must specify at least 1 command for the container');
  }
  const terminal = booleanParameter(query, 'tty') ? usualSize : undefined;
  return { container, command, stdin: booleanParameter(query, 'stdin'), terminal };
}

/** Runs a program for a client; resolves when it has ended and the client knows how, or is gone. */
export async function serveExec(
  socket: WebSocket,
  start: () => Promise<ContainerExec>,
  signal: AbortSignal,
): Promise<void> {
  const channels = new Channels(socket);
  const tell = (status: object): Promise<void> => channels.send(result, Buffer.from(JSON.stringify(status)));
  let running: ContainerExec;
  try {
    running = await start();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return tell(error.toStatus());
  }
  const kill = (): void => running.kill();
  if (signal.aborted) kill();
  signal.addEventListener('abort', kill, { once: true });
  void feed(channels, running);
  const output = Promise.all([channels.sendAll(stdout, running.stdout), channels.sendAll(stderr, running.stderr)]);
  output.catch(() => undefined);
  try {
    await running.started;
    const { exitCode } = await running.exited;
    await output;
    await tell(exitStatus(exitCode));
  } catch (error) {
    if (error instanceof LaunchError) await tell(startFailure(error));
    else if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

async function feed(channels: Channels, running: ContainerExec): Promise<void> {
  for await (const { channel, bytes } of channels.messages()) {
    if (channel === stdin && running.stdin && bytes.length > 0) await write(running.stdin, bytes);
    else if (channel === close && bytes[0] === stdin) running.stdin?.end();
    else if (channel === resize) resizeTo(running, bytes.toString());
  }
}

function resizeTo(running: ContainerExec, text: string): void {
  const of = (side: string): number => Number(RegExp(`"${side}"\\s*:\\s*([1-9]\\d{0,4})\\b`).exec(text)?.[1]);
  const size = { width: of('Width'), height: of('Height') };
  if (size.width < 65536 && size.height < 65536) running.resize(size);
}

function exitStatus(exitCode: number): object {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

function startFailure({ message }: LaunchError): object {
  const text = `error executing command in container: failed to exec in container: unable to start container process: ${message}`;
  return new StatusError(500, 'InternalError', `Internal error occurred: ${text}`, {
    causes: [{ reason: '', message: text }],
  }).toStatus();
}
