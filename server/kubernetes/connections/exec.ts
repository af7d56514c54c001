/** A program in a container over a WebSocket: the channels of `v5.channel.k8s.io`, and how they say that it has ended. */

import { TaskError } from '../../domain/errors.js';
import type { Connection, ExecInput, ExecOutput, ExecRequest, TerminalSize } from '../../domain/ports.js';
import { connectionFailure, podGone, saysGone } from './failure.js';
import type { KubeSocket } from './web-socket.js';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
/** Its message names the channel that ends; since version 5 of the protocol. */
const CLOSE = 255;

const CAN_CLOSE = 'v5.channel.k8s.io';
/** Sub-protocols that are spoken. */
export const EXEC_PROTOCOLS: readonly string[] = [CAN_CLOSE, 'v4.channel.k8s.io'];

const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** The query of an exec. */
export function execQuery(container: string, { command, stdin, terminal }: ExecRequest): URLSearchParams {
  const query = new URLSearchParams({ container, stdout: 'true' });
  if (stdin) query.set('stdin', 'true');
  // A terminal has one output.
  if (terminal) query.set('tty', 'true');
  else query.set('stderr', 'true');
  for (const word of command) query.append('command', word);
  return query;
}

/** The connection of an exec that was opened. Throws where the program could never be told that its input has ended. */
export function execConnection(socket: KubeSocket, request: ExecRequest): Connection<ExecInput, ExecOutput> {
  const canClose = socket.protocol === CAN_CLOSE;
  if (request.stdin && !request.terminal && !canClose) {
    throw new TaskError(
      'CLUSTER_REFUSED',
      'this cluster cannot tell a program that its input has ended: that takes Kubernetes 1.30; run it without input',
    );
  }
  const resize = (size: TerminalSize): Promise<void> =>
    socket.send(RESIZE, Buffer.from(JSON.stringify({ Width: size.width, Height: size.height })));

  async function* output(): AsyncGenerator<ExecOutput, void, undefined> {
    try {
      if (request.terminal) await resize(request.terminal);
      for await (const { channel, bytes } of socket.messages) {
        // An empty message only says that the channel is open.
        if (channel === STATUS && bytes.length > 0) {
          yield exitOf(bytes.toString());
          return;
        }
        if (bytes.length === 0) continue;
        if (channel === STDOUT) yield { kind: 'stdout', bytes };
        else if (channel === STDERR) yield { kind: 'stderr', bytes };
      }
    } catch (error) {
      throw connectionFailure(error, 'the program ran');
    }
    throw new TaskError('CONNECTION_LOST', 'the connection to the program ended before the program did');
  }

  return {
    output: output(),
    send: async (input) => {
      if (input.kind === 'stdin') await socket.send(STDIN, input.bytes);
      else if (input.kind === 'resize') await resize(input.size);
      else if (canClose) await socket.send(CLOSE, Buffer.of(STDIN));
    },
  };
}

interface ExecStatus {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

function exitOf(text: string): ExecOutput {
  let status: ExecStatus;
  try {
    status = JSON.parse(text) as ExecStatus;
  } catch {
    status = { message: text };
  }
  if (status.status === 'Success') return { kind: 'exit', code: 0, message: '' };
  const code = Number(status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message);
  if (Number.isInteger(code)) return { kind: 'exit', code, message: '' };
  const message = inShort(status.message ?? text);
  // What container runtimes say when there is no such program, or it cannot be run.
  if (/executable file not found|no such file or directory/.test(message)) {
    return { kind: 'exit', code: NOT_FOUND, message };
  }
  if (/permission denied|is a directory|exec format error/.test(message)) {
    return { kind: 'exit', code: NOT_RUNNABLE, message };
  }
  if (saysGone(message)) throw podGone(message);
  throw new TaskError('CLUSTER_REFUSED', `the cluster could not run the program: ${message}`);
}

/** `…: unable to start container process: exec: "x": not found: unknown`: the part that says what. */
function inShort(message: string): string {
  const found = /exec: "(?:[^"\\]|\\.)*": .*|stat \S+: .*/.exec(message)?.[0] ?? message;
  return found.replace(/: unknown$/, '').trim();
}
