/** What came back over a connection, as lines that may be compared: with the framing of each answer, and without chance. */

import { comparableBody } from '../comparable.js';
import type { Received } from './conversation.js';

/** What Go's server buffers of a body. */
const BUFFER_BYTES = 2048;

/** The lines, one answer after the other. */
export function transcript({ bytes, closed }: Received): string {
  const text = bytes.toString('latin1');
  // No body in these conversations looks like the beginning of an answer.
  const answers = text.split(/(?=HTTP\/1\.\d \d{3} )/).flatMap((answer) => [...answerLines(answer), '']);
  return [...answers, closed ? '(closed)' : '(still open)'].join('\n');
}

function answerLines(answer: string): string[] {
  if (answer === '') return [];
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return [`no answer: ${JSON.stringify(answer)}`];
  const [status = '', ...fields] = answer.slice(0, end).split('\r\n');
  const body = answer.slice(end + 4);
  const chunked = fields.includes('Transfer-Encoding: chunked');
  const { chunks, trailers } = chunked && body !== '' ? unchunk(body) : { chunks: [body], trailers: [] };
  return [status, ...headerLines(fields, body), ...chunks.flatMap(bodyLines), ...trailers.toSorted()];
}

/** The order of headers counts, but for the names of trailers, which Go draws. */
function headerLines(fields: readonly string[], body: string): string[] {
  const announced = fields.filter((field) => field.startsWith('Trailer: ')).toSorted();
  return fields.flatMap((field) => {
    if (field.startsWith('Date: '))
      return [/^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/.test(field) ? 'Date: ...' : field];
    // The gateway writes JSON with a space here and there, so the number itself may differ.
    if (field.startsWith('Content-Length: ')) return isLong(field) ? [] : [`Content-Length: ${lengthOf(field, body)}`];
    if (field === 'Transfer-Encoding: chunked' && body.length > BUFFER_BYTES) return [];
    if (field.startsWith('Trailer: ')) return [announced.shift() ?? ''];
    // There is no such metadata where a call stays in the process.
    return field === 'Grpc-Metadata-Content-Type: application/grpc' ? [] : [field];
  });
}

/** Go's server does not look for the length of what its buffer does not hold. */
function isLong(field: string): boolean {
  return Number(field.slice('Content-Length: '.length)) > BUFFER_BYTES;
}

function lengthOf(field: string, body: string): string {
  const length = field.slice('Content-Length: '.length);
  if (length === String(body.length)) return "the body's";
  return body === '' ? 'of a body that is not sent' : `${length}, but there are ${body.length} bytes`;
}

function bodyLines(chunk: string): string[] {
  const text = Buffer.from(chunk, 'latin1').toString();
  return [`--- ${text === '' ? 'nothing' : ''}`.trimEnd(), ...comparableBody(text)];
}

/** The chunks of a body, and the trailers behind them. */
function unchunk(body: string): { chunks: string[]; trailers: string[] } {
  const chunks: string[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = /^[0-9a-f]+$/.test(body.slice(at, end)) ? Number.parseInt(body.slice(at, end), 16) : undefined;
    if (end < 0 || size === undefined) return { chunks: [...chunks, `(broken off: ${body.slice(at)})`], trailers: [] };
    if (size === 0) return { chunks, trailers: trailerLines(body.slice(end + 2)) };
    chunks.push(body.slice(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function trailerLines(rest: string): string[] {
  if (rest === '\r\n') return [];
  return rest.endsWith('\r\n\r\n') ? rest.slice(0, -4).split('\r\n') : [`(broken trailers: ${rest})`];
}
