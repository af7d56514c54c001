import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { StatusError } from '../store/status-error.js';
import { isObject } from '../store/object.js';
import type { Answer } from './request.js';

/** Longer lists are made into text in pieces of this many items, so that other callers get their turn. */
const itemsPerPiece = 200;

/** Writes an answer that is complete. */
export async function send(
  response: ServerResponse,
  { code, body, contentType, warnings = [] }: Answer,
): Promise<void> {
  const headers: Record<string, string | string[]> = {
    'Content-Type': contentType ?? 'application/json',
    'Cache-Control': 'no-cache, private',
  };
  if (warnings.length > 0) headers['Warning'] = warnings.map(warningHeader);
  const long = isObject(body) ? longList(body) : undefined;
  if (long !== undefined) {
    response.writeHead(code, headers);
    await pipeline(pieces(body as Record<string, unknown>, long), response);
    return;
  }
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  headers['Content-Length'] = String(Buffer.byteLength(text));
  response.writeHead(code, headers);
  response.end(text);
}

/** Writes an error as a Status. */
export async function sendError(response: ServerResponse, error: unknown): Promise<void> {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = statusOf(error);
  const retryAfter = status.details?.retryAfterSeconds;
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  await send(response, { code: status.code, body: status.toStatus() });
}

/** What a client is told of an error; one that is no StatusError is reported and hidden behind a 500. */
export function statusOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  process.stderr.write(`unexpected error: ${error instanceof Error ? error.stack : String(error)}\n`);
  const message = error instanceof Error ? error.message : String(error);
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ reason: '', message }],
  });
}

/** The text as RFC 7234 wants it; header values are Latin-1, so what is not goes escaped. */
function warningHeader(text: string): string {
  const quoted = text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, (character) => {
    return `\\\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `299 - "${quoted}"`;
}

function longList(body: Record<string, unknown>): 'items' | 'rows' | undefined {
  for (const field of ['items', 'rows'] as const) {
    const list = body[field];
    if (Array.isArray(list) && list.length > itemsPerPiece) return field;
  }
  return undefined;
}

async function* pieces(body: Record<string, unknown>, field: string): AsyncGenerator<string> {
  const { [field]: list, ...head } = body;
  const items = list as unknown[];
  yield `${JSON.stringify(head).slice(0, -1)},"${field}":[`;
  for (let start = 0; start < items.length; start += itemsPerPiece) {
    const piece = JSON.stringify(items.slice(start, start + itemsPerPiece)).slice(1, -1);
    yield start === 0 ? piece : `,${piece}`;
    await new Promise(setImmediate);
  }
  yield ']}\n';
}
