import type { RequestBody } from '../http/body.js';
import { BodyError, TrailerError } from '../http/chunked.js';
import { Code, StatusError, tooLarge } from '../status.js';

/** How much of a body that is too large is read and thrown away, so that its sender gets to read the answer. */
const DISCARD_BYTES = 64 * 1024 * 1024;

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

/** Thrown for a body that broke off: what had come of it may be all that its reader needs. */
export class BrokenBodyError extends Error {
  override readonly name = 'BrokenBodyError';
  readonly bytes: Buffer;

  /** `why` in the words of Go's reader. */
  constructor(why: string, bytes: Buffer) {
    super(why);
    this.bytes = bytes;
  }
}

/** All bytes of a body that has come as a whole, and is not too large; undefined for any other one. */
export function takeBody(body: RequestBody, { maxBytes }: BodyLimits): Buffer | undefined {
  return body.complete && body.waitingBytes <= maxBytes ? body.takeAll() : undefined;
}

/**
 * All bytes of a body. Rejects with RESOURCE_EXHAUSTED when there are too many, after the rest was read and thrown away, with
 * a {@link BrokenBodyError}, and with a {@link SlowBodyError}.
 */
export async function readBody(body: RequestBody, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer> {
  const timer = setTimeout(() => body.fail(new SlowBodyError()), timeoutMs);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for (let chunk = await body.next(); chunk; chunk = await body.next()) {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > maxBytes + DISCARD_BYTES) throw tooLarge(size, maxBytes);
    }
  } catch (error) {
    throw error instanceof BodyError ? new BrokenBodyError(error.message, Buffer.concat(chunks)) : error;
  } finally {
    clearTimeout(timer);
  }
  if (size > maxBytes) throw tooLarge(size, maxBytes);
  return Buffer.concat(chunks);
}

/** The chunks of a body as they come; the sender is slowed down to the reader. Throws INVALID_ARGUMENT where it breaks off. */
export async function* bodyChunks(body: RequestBody): AsyncGenerator<Buffer, void> {
  try {
    for (let chunk = await body.next(); chunk; chunk = await body.next()) yield chunk;
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    // Go's reader tells what is wrong with a trailer along with the last data, to nobody.
    const why = error instanceof TrailerError ? 'http: invalid Read on closed Body' : error.message;
    throw new StatusError(Code.INVALID_ARGUMENT, why);
  }
}

/** Reads a body that its route has no use for, and throws it away. What is wrong with it is nobody's business; rejects with a {@link SlowBodyError}. */
export async function skipBody(body: RequestBody, { timeoutMs }: BodyLimits): Promise<void> {
  const timer = setTimeout(() => body.fail(new SlowBodyError()), timeoutMs);
  try {
    await body.skip(DISCARD_BYTES);
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
  } finally {
    clearTimeout(timer);
  }
}
