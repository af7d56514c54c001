/** Go's strings hold any bytes, JavaScript's hold characters. Bytes that are no UTF-8 stand in text as lone surrogates. */

import { isUtf8 } from 'node:buffer';

/** A bad byte stands as this and its value: half of a surrogate pair, which no good text contains alone. */
const BAD_BYTE = 0xdc00;

/** Text of UTF-8 bytes; each bad byte becomes a lone surrogate that tells which one it was. */
export function fromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString();
  let text = '';
  let start = 0; // of the good bytes that are not in the text yet
  for (let at = 0; at < buffer.length; ) {
    const length = characterLength(buffer, at);
    if (length === 0) {
      if (start < at) text += buffer.toString('utf8', start, at);
      text += String.fromCharCode(BAD_BYTE + (buffer[at] ?? 0));
      start = at + 1;
    }
    at += length || 1;
  }
  return text + buffer.toString('utf8', start);
}

/** How many bytes the character has that begins here; 0 when they are not UTF-8. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

/** The bytes that a text stands for, the bad ones among them. */
export function toBytes(text: string): Buffer {
  if (isWellFormed(text)) return Buffer.from(text);
  return Buffer.concat(
    Array.from(text, (char) => (isBadByte(char) ? Buffer.of(char.charCodeAt(0) - BAD_BYTE) : Buffer.from(char))),
  );
}

/** Whether a character stands for a byte that was not UTF-8. */
export function isBadByte(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return code >= BAD_BYTE + 0x80 && code <= BAD_BYTE + 0xff;
}

/** Whether a text is free of bytes that were not UTF-8. */
export function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}
