import type { IncomingMessage } from 'node:http';
import { Code, StatusError, tooLarge } from '../status.js';

/** How much of a body that is too large is read and thrown away, so that its sender gets to read the answer. */
const DISCARD_BYTES = 64 * 1024 * 1024;

const NOTHING = Buffer.alloc(0);

/** Whether a request announces a body. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** What a body may be like. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** How long its sender may take for it. */
  readonly timeoutMs: number;
}

/** Thrown for a body that did not come in time. */
export class SlowBodyError extends Error {
  override readonly name = 'SlowBodyError';
}

/**
 * All bytes of a body. Rejects with RESOURCE_EXHAUSTED when there are too many, after the rest was read and thrown away,
 * with CANCELLED when the sender goes away, and with a {@link SlowBodyError}.
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // node:http tells of a request before it has looked at what came with the headers: mostly the whole body.
    process.nextTick(() => {
      if (request.complete && request.readableLength <= limits.maxBytes) resolve(request.read() ?? NOTHING);
      else collectBody(request, limits, resolve, reject);
    });
  });
}

/** Reads a body that is still on its way, or too large. */
function collectBody(
  request: IncomingMessage,
  { maxBytes, timeoutMs }: BodyLimits,
  resolve: (body: Buffer) => void,
  reject: (error: Error) => void,
): void {
  const timer = setTimeout(() => reject(new SlowBodyError()), timeoutMs);
  const chunks: Buffer[] = [];
  let size = 0;
  const gone = (): void => {
    clearTimeout(timer);
    reject(new StatusError(Code.CANCELLED, 'context canceled'));
  };
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else {
      chunks.length = 0;
      if (size > maxBytes + DISCARD_BYTES) request.destroy();
    }
  });
  request.on('end', () => {
    clearTimeout(timer);
    request.off('close', gone); // it comes behind every body, and an error is not made for nothing
    if (size <= maxBytes) resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    else reject(tooLarge(size, maxBytes));
  });
  request.on('error', gone);
  request.on('close', gone);
  if (request.destroyed) gone();
}

/** The chunks of a body as they come; the sender is slowed down to the reader. Rejects with CANCELLED when it goes away. */
export async function* bodyChunks(request: IncomingMessage): AsyncGenerator<Buffer, void> {
  try {
    // The connection is still needed for the answer when the reader has had enough.
    yield* request.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw new StatusError(Code.CANCELLED, 'context canceled', [], { cause: error });
  } finally {
    request.resume();
  }
}
