/** Go's strings hold any bytes, JavaScript's hold characters. Bytes that are no UTF-8 stand in text as lone surrogates. */

/** A bad byte stands as this and its value: half of a surrogate pair, which no good text contains alone. */
export const BAD_BYTE = 0xdc00;

/** Text of UTF-8 bytes; each bad byte becomes {@link BAD_BYTE} + byte. */
export function fromBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  if (!text.includes('\ufffd')) return text;
  let out = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const piece = Buffer.from(bytes.subarray(at, at + length));
    const char = piece.toString();
    const good = Buffer.from(char).equals(piece);
    out += good ? char : String.fromCharCode(BAD_BYTE + first);
    at += good ? length : 1;
  }
  return out;
}

/** Whether a text is free of bytes that were not UTF-8. */
export function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}
