/** Bodies and how they are framed, rightly or not. */

import fc, { type Arbitrary } from 'fast-check';
import { lineEnd, mostly } from './parts.js';

/** How a body is framed: the header lines for it, and its bytes. */
export type Framed = readonly [lines: readonly string[], bytes: string];

/** A length that is right, or a little off: what is missing, the bytes behind make up for. */
function measured(body: string): Arbitrary<Framed> {
  return fc
    .tuple(
      mostly('0', '1', '2', '-1', '40'),
      mostly('', '00', ' ', '+', 'x'),
      mostly('once', 'twice', 'twice, with another value'),
    )
    .map(([more, before, times]) => {
      const length = Math.max(0, body.length + Number(more));
      const lines = [`Content-Length: ${before}${length}`];
      if (times !== 'once') lines.push(`content-length: ${times === 'twice' ? before : '0'}${length}`);
      return [lines, body];
    });
}

/** Chunks, cut anywhere, with odd sizes and ends. */
function chunked(body: string): Arbitrary<Framed> {
  const size = fc.tuple(
    mostly('', '0', '0000', '00000000000000000', ' ', '-'),
    mostly('', ' ', '\t', ';a=b', ';', ' ;a', ';\r', 'g'),
    lineEnd,
  );
  const chunk = fc.tuple(
    fc.integer({ min: 1, max: Math.max(1, body.length) }),
    size,
    mostly('\r\n', '\n', '', 'x\r\n'),
    fc.boolean(),
  );
  return fc
    .tuple(
      mostly('chunked', 'Chunked', 'chunked,', 'identity'),
      fc.array(chunk, { maxLength: 3 }),
      size,
      mostly('', 'X: y\r\n', 'X: y\n', 'nonsense\r\n', 'A b: c\r\n', ' X: y\r\n'),
      mostly('\r\n', '\n', ''),
      mostly('', 'Content-Length: 3', 'Content-Length: x'),
    )
    .map(([encoding, chunks, [before, behind, end], trailers, last, length]) => {
      let bytes = '';
      let rest = body;
      for (const [count, [zeros, extension, sizeEnd], dataEnd, upper] of chunks) {
        const data = rest.slice(0, count);
        if (data === '') break;
        const hex = data.length.toString(16);
        bytes += `${zeros}${upper ? hex.toUpperCase() : hex}${extension}${sizeEnd}${data}${dataEnd}`;
        rest = rest.slice(count);
      }
      if (rest !== '') bytes += `${rest.length.toString(16)}\r\n${rest}\r\n`;
      const lines = [`Transfer-Encoding: ${encoding}`, ...(length === '' ? [] : [length])];
      return [lines, `${bytes}${before}0${behind}${end}${trailers}${last}`];
    });
}

/** A body, framed. */
function framed(body: string): Arbitrary<Framed> {
  const bare = fc.constant<Framed>([[], body]);
  if (body === '')
    return fc.oneof(
      { weight: 8, arbitrary: bare },
      { weight: 1, arbitrary: measured(body) },
      { weight: 1, arbitrary: chunked('xy') },
    );
  return fc.oneof(
    { weight: 1, arbitrary: bare },
    { weight: 8, arbitrary: measured(body) },
    { weight: 8, arbitrary: chunked(body) },
  );
}

/** Mostly this body, or another one. */
const instead = (usual: string): Arbitrary<string> =>
  usual === '' ? fc.constant('') : mostly(usual, '', '{', 'x', '{}', `${usual} ${usual}`, '"a"', ' '.repeat(600));

/** Bodies where this one is expected. */
export function bodies(usual: string): Arbitrary<Framed> {
  return instead(usual).chain(framed);
}
