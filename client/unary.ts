import type { Client, Metadata } from '@grpc/grpc-js';
import { cancelled } from './retry.js';
import { toClientError } from './service-error.js';

/** A method as the generated service definitions describe it. */
export interface Method<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** Makes one call. Rejects with a ClientError: of the server, DEADLINE_EXCEEDED after `timeoutMs`, CANCELLED when aborted. */
export function callUnary<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  request: Request,
  metadata: Metadata,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled(signal.reason));
      return;
    }
    const { path, requestSerialize, responseDeserialize } = method;
    const options = { deadline: Date.now() + timeoutMs };
    const abort = (): void => call.cancel();
    const call = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      options,
      (error, response) => {
        signal.removeEventListener('abort', abort);
        // grpc-js gives one of the two.
        if (response !== undefined) resolve(response);
        else reject(signal.aborted ? cancelled(signal.reason) : toClientError(error));
      },
    );
    signal.addEventListener('abort', abort, { once: true });
  });
}
