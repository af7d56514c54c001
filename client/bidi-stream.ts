import type { Client, ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import { ClientError } from './errors.js';
import { cancelled } from './retry.js';
import { readStream } from './server-stream.js';
import type { Method } from './unary.js';

/**
 * Opens a stream both ways. Requests are taken as fast as the server takes them, responses as fast as they are consumed. A failure
 * of the requests, leaving the loop and aborting the signal cancel the call. Throws as openServerStream does; CANCELLED with their
 * failure as its cause where the requests failed.
 */
export async function* openBidiStream<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  requests: AsyncIterable<Request>,
  metadata: Metadata,
  signal: AbortSignal,
): AsyncGenerator<Response, void, undefined> {
  if (signal.aborted) throw cancelled(signal.reason);
  const { path, requestSerialize, responseDeserialize } = method;
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, {});
  const over = new AbortController();
  let failure: ClientError | undefined;
  send(call, requests, over.signal).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    failure = new ClientError(`the requests failed: ${why}`, { code: 'CANCELLED', cause: error });
    call.cancel();
  });
  try {
    yield* readStream<Response>(call, signal);
  } catch (error) {
    throw signal.aborted ? error : (failure ?? error);
  } finally {
    over.abort();
  }
}

async function send<Request>(
  call: ClientDuplexStream<Request, unknown>,
  requests: AsyncIterable<Request>,
  over: AbortSignal,
): Promise<void> {
  for await (const request of requests) {
    if (over.aborted) return;
    if (!call.write(request)) await drained(call, over);
  }
  call.end();
}

function drained(call: ClientDuplexStream<never, unknown>, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      call.off('drain', finish);
      over.removeEventListener('abort', finish);
      resolve();
    };
    call.on('drain', finish);
    over.addEventListener('abort', finish, { once: true });
  });
}
