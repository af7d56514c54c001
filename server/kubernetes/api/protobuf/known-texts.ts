/**
 * Texts out of bytes. Objects say the same things over and over, and what is kept of them would keep each text as often as it was read:
 * short ones that were read lately are not made again.
 */

/** A power of two: a place is the end of a hash. Of many tasks that are read at a time, those of some hundreds are remembered. */
const PLACES = 8192;
/** Ids and names are shorter; what is longer hardly ever comes twice. */
const MAX_BYTES = 80;
const HASHED_BYTES = 6;

/** Each at the place of its hash, until another one needs that. */
const KNOWN: string[] = Array.from({ length: PLACES }, () => '');

/** The text between two places of the bytes. */
export function knownText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 0) return '';
  if (length > MAX_BYTES) return bytes.toString('utf8', start, end);
  let hash = length;
  // Ids and numbers stand at the end.
  for (let at = Math.max(start, end - HASHED_BYTES); at < end; at += 1)
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
  const known = KNOWN[place] ?? '';
  if (isText(known, bytes, start, length)) return known;
  const text = bytes.toString('utf8', start, end);
  KNOWN[place] = text;
  return text;
}

/** Whether the bytes are this text, as far as that can be said without decoding them: of ASCII only. */
function isText(text: string, bytes: Buffer, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[start + at] ?? 0;
    if (byte !== text.charCodeAt(at) || byte > 0x7f) return false;
  }
  return true;
}
