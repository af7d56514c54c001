import { type Cases, CHUNKED, post } from './case.js';

const END = '0\r\n\r\n';
const DATA = `2\r\n{}\r\n`;
const spaces = (count: number): string => ' '.repeat(count);

/** Bodies in chunks, good ones and bad ones. */
const BODIES: Readonly<Record<string, string>> = {
  one: DATA + END,
  none: END,
  'several, in the middle of a value': `1\r\n{\r\n1\r\n}\r\n2\r\n{}\r\n${END}`,
  extensions: `2;a=b;c="d"\r\n{}\r\n0;x\r\n\r\n`,
  'a space before an extension': `2 \t;a\r\n{}\r\n${END}`,
  'a space before a size': ` 2\r\n{}\r\n${END}`,
  'spaces behind a size': `2 \t \r\n{}\r\n0 \r\n\r\n`,
  'a size of 16 digits': `0000000000000002\r\n{}\r\n000\r\n\r\n`,
  'a size of 17 digits': `00000000000000002\r\n{}\r\n${END}`,
  'an upper-case size': `A\r\n{}${spaces(8)}\r\n${END}`,
  'a lower-case size': `a\r\n{}${spaces(8)}\r\n${END}`,
  'a size that is none': `zz\r\n{}\r\n${END}`,
  'a size with a prefix': `0x2\r\n{}\r\n${END}`,
  'a size with a sign': `-2\r\n{}\r\n${END}`,
  'no size': `\r\n{}\r\n${END}`,
  'an extension of no size': `;a\r\n{}\r\n${END}`,
  'a size that ends in LF': `2\n{}\r\n${END}`,
  'a CR in a size': `2\r;\r\n{}\r\n${END}`,
  'data that ends in LF': `2\r\n{}\n${END}`,
  'data without an end': `2\r\n{}${END}`,
  'more data than was said': `2\r\n{}xx${END}`,
  'a last size that ends in LF': `${DATA}0\n\r\n`,
  'a bad size behind data': `${DATA}zz\r\n`,
  'a bad size in the middle of a value': `1\r\n{\r\nzz\r\n`,
  'no size behind data': `${DATA}\r\n`,
  'two values, and a bad size': `${DATA}9\r\n{"s":"b"}\r\nzz\r\n`,
  'two values, and a bad end of data': `${DATA}9\r\n{"s":"b"}x\r\n`,
  trailers: `${DATA}0\r\nX-A: b\r\nX-C: d\r\n\r\n`,
  'trailers that are none': `${DATA}0\r\nContent-Length: b\r\nHost: x\r\nTransfer-Encoding: y\r\n\r\n`,
  'a trailer without a colon': `${DATA}0\r\nnonsense\r\n\r\n`,
  'a trailer with a space in its name': `${DATA}0\r\nA B: x\r\n\r\n`,
  'a trailer that ends in LF': `${DATA}0\r\nA: x\n\r\n\r\n`,
  'a trailer that begins with a space': `${DATA}0\r\n A: x\r\n\r\n`,
  'a trailer that goes on': `${DATA}0\r\nA: x\r\n y\r\n\r\n`,
  'a trailer with a control character': `${DATA}0\r\nA: \x01\r\n\r\n`,
  'a long extension': `2;${'a'.repeat(4091)}\r\n{}\r\n${END}`,
  'the longest extension': `2;${'a'.repeat(4092)}\r\n{}\r\n${END}`,
  'an extension that is too long': `2;${'a'.repeat(4093)}\r\n{}\r\n${END}`,
  'an extension that is far too long': `2;${'a'.repeat(9000)}\r\n{}\r\n${END}`,
  'too many extensions': `1;${'a'.repeat(3000)}\r\n{\r\n${`1;${'a'.repeat(3000)}\r\n \r\n`.repeat(8)}1\r\n}\r\n${END}`,
  'as many extensions as may be': `1;${'a'.repeat(3000)}\r\n{\r\n${`1;${'a'.repeat(3000)}\r\n \r\n`.repeat(4)}1\r\n}\r\n${END}`,
  'many small ones': `1\r\n{\r\n${'1\r\n \r\n'.repeat(5000)}1\r\n}\r\n${END}`,
  'trailers of 4000 bytes': `${DATA}0\r\nA: ${'x'.repeat(4000)}\r\n\r\n`,
  'trailers that are too long': `${DATA}0\r\nA: ${'x'.repeat(4200)}\r\n\r\n`,
};

/** Bodies of which a stream of requests says something else first. */
const UNARY_BODIES: Readonly<Record<string, string>> = {
  'a value that is no JSON, and a bad size': `1\r\nx\r\nzz\r\n`,
  'a text, and a bad size': `3\r\n"a"\r\nzz\r\n`,
};

function chunksTo(bodies: Readonly<Record<string, string>>, targets: readonly string[]): Cases {
  return Object.fromEntries(
    Object.entries(bodies).flatMap(([name, body]) =>
      targets.map((target) => [`${name}, to ${target}`, [post(CHUNKED, body, target)]]),
    ),
  );
}

/** Bodies in chunks to a unary method, and to nobody. */
export const chunks: Cases = chunksTo({ ...BODIES, ...UNARY_BODIES }, ['/v1/body', '/v1/nowhere']);

/** Bodies in chunks to streams of requests. */
export const streamedChunks: Cases = chunksTo(BODIES, ['/v1/cstream', '/v1/bidi']);
