import type { Client, Metadata } from '@grpc/grpc-js';
import { cancelled } from './retry.js';
import { toClientError } from './service-error.js';

/** A method as the generated service definitions describe it. */
export interface Method<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** An answer, until it is taken out. */
interface Box<T> {
  message: T | undefined;
}

/** Makes one call. Rejects with a ClientError: of the server, DEADLINE_EXCEEDED after `timeoutMs`, CANCELLED when aborted. */
export async function callUnary<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  request: Request,
  metadata: Metadata,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Response> {
  const box = await boxedAnswer(client, method, request, metadata, timeoutMs, signal);
  // Node keeps the stream of a call, and all that gRPC has of it, until it looks through the whole heap: until then every page of tasks
  // would be kept too, and copied about, in which time no other answer can be read.
  const { message } = box;
  box.message = undefined;
  return message as Response;
}

function boxedAnswer<Request, Response>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: Method<Request, Response>,
  request: Request,
  metadata: Metadata,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Box<Response>> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled(signal.reason));
      return;
    }
    const options = { deadline: Date.now() + timeoutMs };
    const abort = (): void => call.cancel();
    const call = client.makeUnaryRequest<Request, Box<Response>>(
      path,
      requestSerialize,
      (bytes) => ({ message: responseDeserialize(bytes) }),
      request,
      metadata,
      options,
      (error, box) => {
        signal.removeEventListener('abort', abort);
        // grpc-js gives one of the two.
        if (box !== undefined) resolve(box);
        else reject(signal.aborted ? cancelled(signal.reason) : toClientError(error));
      },
    );
    signal.addEventListener('abort', abort, { once: true });
  });
}
