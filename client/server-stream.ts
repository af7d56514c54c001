import type { Client, ClientDuplexStream, ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { cancelled } from './retry.js';
import { toClientError } from './service-error.js';
import type { Method } from './unary.js';

/**
 * Opens a server stream as an async iterable. Messages are asked for as they are consumed, so a slow consumer slows the
 * server down. Leaving the loop, or aborting the signal, cancels the call. Throws a ClientError where the stream failed,
 * after all messages that came before the failure, and CANCELLED when aborted.
 */
export async function* openServerStream<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  request: Request,
  metadata: Metadata,
  signal: AbortSignal,
): AsyncGenerator<Response, void, undefined> {
  if (signal.aborted) throw cancelled(signal.reason);
  const { path, requestSerialize, responseDeserialize } = method;
  const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata, {});
  yield* readStream<Response>(call, signal);
}

/** The responses of a call that streams them, as openServerStream says. */
export async function* readStream<Response>(
  call: ClientReadableStream<Response> | ClientDuplexStream<never, Response>,
  signal: AbortSignal,
): AsyncGenerator<Response, void, undefined> {
  const cancel = (): void => call.cancel();
  // Cancelling makes grpc-js emit an error when nobody reads any more; without a listener it would end the process.
  call.on('error', () => {});
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const messages: AsyncIterable<Response> = call;
    for await (const message of messages) {
      if (signal.aborted) break;
      yield message;
    }
  } catch (error) {
    throw signal.aborted ? cancelled(signal.reason) : toClientError(error);
  } finally {
    signal.removeEventListener('abort', cancel);
    call.cancel();
  }
  if (signal.aborted) throw cancelled(signal.reason);
}
