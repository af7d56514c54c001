import { isObject } from '../store/object.js';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { StatusError, badRequest } from '../store/status-error.js';

/** One call of the API, as the handlers see it. */
export interface ApiRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The body, at most 3 MiB; throws a StatusError 413. */
  body: () => Promise<Buffer>;
  /** Aborted when the client is gone or the server stops. */
  signal: AbortSignal;
}

/** What a handler that does not stream answers. */
export interface Answer {
  code: number;
  /** An object for JSON, a string as it is. */
  body: unknown;
  contentType?: string;
  /** Lines for the user, sent as Warning headers. */
  warnings?: readonly string[];
}

const maxBodyBytes = 3 * 1024 * 1024;

/** Reads the whole body, or throws RequestEntityTooLarge. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const tooLarge = () =>
    new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maxBodyBytes}`);
  if (Number(message.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed by being left early: its connection is needed for the answer.
  for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body as a JSON object of the kind; throws a StatusError for other types (415) and broken JSON (400). */
export async function jsonBody(request: ApiRequest, kind: string): Promise<Record<string, unknown>> {
  requireJson(request.headers['content-type']);
  const bytes = await request.body();
  const problem = (why: string) =>
    badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} ` +
        `(${bytes.length === 0 ? '<empty>' : bytes.toString('utf8').slice(0, 100)})`,
    );
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw problem((error as Error).message);
  }
  if (!isObject(value)) throw problem('not an object');
  return value;
}

function requireJson(header: string | undefined): void {
  const type = mediaType(header);
  if (type === '' || type === 'application/json') return;
  const accepted = 'the body of the request was in an unknown format - accepted media types include: application/json';
  const hint =
    type === 'application/vnd.kubernetes.protobuf'
      ? ' (the embedded cluster reads no protobuf, which "kubectl auth" and "kubectl create" with the name of a kind ' +
        'send: write the object to a file and use "kubectl create -f FILE"; in Go, set the ContentType of the ' +
        'rest.Config to "application/json")'
      : '';
  throw new StatusError(415, 'UnsupportedMediaType', accepted + hint);
}

/** The media type of a Content-Type header without its parameters, in small letters. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** A query parameter that is a boolean, as Go reads it: missing is false, any unknown text is true. */
export function booleanParameter(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && !['', '0', 'f', 'F', 'false', 'False', 'FALSE'].includes(value);
}

/** A query parameter that is a whole number; undefined when missing or empty; throws BadRequest. */
export function integerParameter(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^-?\d{1,15}$/.test(value)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  return Number(value);
}
