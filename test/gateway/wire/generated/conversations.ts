/** Generated conversations: requests of normal and odd parts, several over one connection, in pieces. */

import fc, { type Arbitrary } from 'fast-check';
import { FIN, type Step } from '../conversation.js';
import { bodies } from './bodies.js';
import { CALLS, host, line, LINES, starts, version } from './heads.js';
import { lineEnd, mostly } from './parts.js';

/** The bytes of a request. */
const requests: Arbitrary<string> = starts.chain(({ start, body }) =>
  fc
    .record({
      version,
      host,
      lines: fc.array(line, { maxLength: 3 }),
      hostAt: fc.nat(3),
      framed: bodies(body),
      ends: fc.array(lineEnd, { minLength: 10, maxLength: 10 }),
      blank: mostly('', '\r', ' '),
    })
    .map(({ version: one, host: named, lines, hostAt, framed: [framing, bytes], ends, blank }) => {
      const head = [`${start} ${one}`, ...lines.toSpliced(hostAt, 0, named), ...framing, blank];
      return head.map((text, at) => text + (ends[at % ends.length] ?? '')).join('') + bytes;
    }),
);

/** What stands between two requests. */
const between = mostly('', '\r\n', '\n', '\r\n\r\n', '\r\n\r\n\r\n', 'x', ' ');

/** So that whoever waits for the rest of a line, a head or a body gets more than that. */
const ENOUGH = '\r\n'.repeat(64);
/** Answered, if the connection is still good; and its end. */
const LAST = `GET /v1/overlap/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n${ENOUGH}`;

/** The bytes in pieces, cut at some of these places. */
function pieces(bytes: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((left, right) => left - right);
  return [0, ...places].map((place, at) => bytes.slice(place, places[at])).filter((piece) => piece !== '');
}

/** Where the bytes are cut: nowhere, in a few places, or everywhere. */
const cuts = fc.oneof(
  { weight: 2, arbitrary: fc.constant<number[]>([]) },
  { weight: 3, arbitrary: fc.array(fc.nat(5000), { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 5000 }, (_, at) => at)) },
);

/** Requests in a row. */
const inRow: Arbitrary<readonly Step[]> = fc
  .tuple(fc.array(fc.tuple(requests, between), { minLength: 1, maxLength: 4 }), cuts)
  .map(([all, at]) => pieces(all.flat().join('') + LAST, at));

/** A request that is right up to where it breaks off. */
const brokenOff: Arbitrary<readonly Step[]> = fc
  .record({
    call: fc.constantFrom(...CALLS),
    lines: fc.array(fc.constantFrom(...LINES), { maxLength: 3 }),
    chunked: fc.boolean(),
    version: mostly('HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2'),
    cuts,
    missingPart: fc.nat(1000),
  })
  // HTTP/1.0 knows no chunks: there would be nothing that breaks off.
  .filter((one) => !(one.chunked && one.version === 'HTTP/1.0'))
  .map(({ call: [start, body], lines, chunked: inChunks, version: one, cuts: at, missingPart }) => {
    const framing = inChunks ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
    const half = Math.ceil(body.length / 2);
    const chunk = (text: string): string => (text === '' ? '' : `${text.length.toString(16)}\r\n${text}\r\n`);
    const bytes = inChunks ? `${chunk(body.slice(0, half))}${chunk(body.slice(half))}0\r\n\r\n` : body;
    const whole = `${[`${start} ${one}`, 'Host: x', ...lines, framing, '', ''].join('\r\n')}${bytes}`;
    // Mostly in the body.
    const missing = 1 + (missingPart % (missingPart % 4 === 0 ? whole.length - 1 : bytes.length + 1));
    return [...pieces(whole.slice(0, -missing), at), FIN];
  });

/** Conversations, by what they are. */
export const conversations = { 'requests in a row': inRow, 'a request that breaks off': brokenOff };
