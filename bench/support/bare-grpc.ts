/** gRPC without a library for it, whose work would be measured as well: HTTP/2 of Node, and the five bytes in front of a message. */

import { connect } from 'node:http2';
import { Code } from '../../bridge/status.js';

/** In front of a message: whether it is compressed, and its length. */
const PREFIX_BYTES = 5;
/** So much of one answer may be under way before it is acknowledged. */
const WINDOW_BYTES = 1 << 20;

/** One connection to a server. */
export interface BareGrpc {
  /** Calls a unary method by its path. Resolves with the bytes of the answer; throws what the server refuses with. */
  call(path: string, message: Uint8Array): Promise<Buffer>;
  close(): void;
}

/** Connects to the URL; all calls are this user's. */
export function bareGrpc(url: string, user: string): BareGrpc {
  const session = connect(url, { settings: { initialWindowSize: WINDOW_BYTES } });
  // Its calls fail then, and tell.
  session.on('error', () => {});
  const headers = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers', 'x-user': user };
  return {
    async call(path, message) {
      const stream = session.request({ ...headers, ':path': path });
      let status: unknown;
      const take = (fields: Readonly<Record<string, unknown>>): void => {
        status = fields['grpc-status'] ?? status;
      };
      stream.on('response', take).on('trailers', take);
      stream.end(framed(message));
      const pieces: Buffer[] = [];
      for await (const piece of stream) pieces.push(piece as Buffer);
      if (Number(status) !== Code.OK) throw new Error(`${path} ended with status ${String(status)}`);
      return Buffer.concat(pieces).subarray(PREFIX_BYTES);
    },
    close: () => session.close(),
  };
}

function framed(message: Uint8Array): Buffer {
  const request = Buffer.concat([Buffer.alloc(PREFIX_BYTES), message]);
  request.writeUInt32BE(message.length, 1);
  return request;
}
