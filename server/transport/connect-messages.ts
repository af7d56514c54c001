/** Messages of ExecTask and ForwardTaskPort <-> what the domain connects. */

import {
  type ExecStart,
  type ExecTaskRequest,
  ExecTaskResponse,
  type ForwardStart,
  type ForwardTaskPortRequest,
  ForwardTaskPortResponse,
} from '../../gen/k8scli/v1/task_service.js';
import { checkSize, type Started } from '../domain/connect.js';
import { invalidArgument } from '../domain/errors.js';
import type { ExecInput, ExecOutput, ExecRequest } from '../domain/ports.js';
import { untilAborted } from '../until-aborted.js';

/** A terminal whose size nobody told. */
const USUAL_SIZE = { width: 80, height: 24 };

/** What an exec asks for. */
export function execRequest({ command, stdin, tty, size }: ExecStart): ExecRequest {
  return { command, stdin, terminal: tty ? (size ?? USUAL_SIZE) : undefined };
}

/** The first message, which has to carry `start`, and those behind it. Throws INVALID_ARGUMENT, or the signal's reason. */
export async function opening<Request extends { start: ExecStart | ForwardStart | undefined }>(
  requests: AsyncIterable<Request>,
  signal: AbortSignal,
): Promise<{ readonly start: NonNullable<Request['start']>; readonly rest: AsyncIterable<Request> }> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await untilAborted(iterator.next(), signal);
  const start = first.value?.start;
  if (!start) throw invalidArgument('start', 'the first message has to say what to connect to');
  return { start, rest: { [Symbol.asyncIterator]: () => iterator } };
}

/** Input of a program. Of one that takes some, a stream of requests that ends is the end of its input as well. */
export async function* execInputs(
  requests: AsyncIterable<ExecTaskRequest>,
  takesInput: boolean,
): AsyncGenerator<ExecInput, void, undefined> {
  let open = takesInput;
  for await (const { stdin, stdinEnd, resize } of requests) {
    if (stdin.length > 0) yield { kind: 'stdin', bytes: stdin };
    if (resize) {
      checkSize(resize);
      yield { kind: 'resize', size: resize };
    }
    if (stdinEnd) yield { kind: 'end' };
    open &&= !stdinEnd;
  }
  if (open) yield { kind: 'end' };
}

/** A message back. */
export function execMessage(output: Started | ExecOutput): ExecTaskResponse {
  switch (output.kind) {
    case 'started':
      return ExecTaskResponse.fromPartial({ started: { node: output.node, pod: output.pod } });
    case 'stdout':
      return ExecTaskResponse.fromPartial({ stdout: Buffer.from(output.bytes) });
    case 'stderr':
      return ExecTaskResponse.fromPartial({ stderr: Buffer.from(output.bytes) });
    case 'exit':
      return ExecTaskResponse.fromPartial({ exit: { code: output.code, message: output.message } });
  }
}

/** Bytes for a port. */
export async function* forwardInputs(
  requests: AsyncIterable<ForwardTaskPortRequest>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { data } of requests) if (data.length > 0) yield data;
}

/** A message back. */
export function forwardMessage(output: Started | Uint8Array): ForwardTaskPortResponse {
  return ForwardTaskPortResponse.fromPartial(
    output instanceof Uint8Array ? { data: Buffer.from(output) } : { started: { node: output.node, pod: output.pod } },
  );
}
