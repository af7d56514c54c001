import type { IncomingMessage } from 'node:http';
import { Code, StatusError } from '../status.js';

/** How much of a body that is too large is read and thrown away, so that its sender gets to read the answer. */
const DISCARD_BYTES = 64 * 1024 * 1024;

/** Whether a request announces a body. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * All bytes of a body. Rejects with RESOURCE_EXHAUSTED when there are more than `maxBytes`, after the rest was read and
 * thrown away, and with CANCELLED when the sender goes away.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        if (size > maxBytes + DISCARD_BYTES) request.destroy();
      }
    });
    request.on('end', () => {
      if (size <= maxBytes) resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
      else {
        const text = `grpc: received message larger than max (${size} vs. ${maxBytes})`;
        reject(new StatusError(Code.RESOURCE_EXHAUSTED, text));
      }
    });
    const gone = (): void => reject(new StatusError(Code.CANCELLED, 'context canceled'));
    request.on('error', gone);
    request.on('close', gone);
  });
}
