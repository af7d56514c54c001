/** Percent escapes of request targets, decoded as Go's net/url and the gateway's four modes do. */

/** How much of an escaped path is decoded before it is matched and captured. */
export type UnescapingMode = 'legacy' | 'all-except-reserved' | 'all-except-slash' | 'all-characters';

const RESERVED = new Set("!#$&'()*+,/:;=?@[]");

/** The first bad escape of a text (`%zz`, `%2`), undefined when all are well formed. */
export function badEscape(text: string): string | undefined {
  const found = /%(?![0-9A-Fa-f]{2})/.exec(text);
  return found ? text.slice(found.index, found.index + 3) : undefined;
}

/** Decodes every escape, which have to be well formed. Bytes that are not UTF-8 become lone surrogates. */
export function unescapeAll(text: string): string {
  return text.includes('%') ? decode(text, () => true) : text;
}

/** Decodes what a mode allows inside a captured value; only captures of several segments keep anything escaped. */
export function unescapeCapture(text: string, mode: UnescapingMode, severalSegments: boolean): string {
  if (mode === 'legacy' || !text.includes('%')) return text;
  if (!severalSegments || mode === 'all-characters') return unescapeAll(text);
  return decode(text, (char) => (mode === 'all-except-slash' ? char !== '/' : !RESERVED.has(char)));
}

function decode(text: string, allowed: (char: string) => boolean): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    let decoded = '';
    let bytes: number[] = [];
    for (let at = 0; at < run.length; at += 3) {
      const byte = Number.parseInt(run.slice(at + 1, at + 3), 16);
      if (byte >= 0x80 || allowed(String.fromCharCode(byte))) {
        bytes.push(byte);
        continue;
      }
      decoded += fromBytes(bytes) + run.slice(at, at + 3);
      bytes = [];
    }
    return decoded + fromBytes(bytes);
  });
}

/** Text of UTF-8 bytes; each bad byte becomes the lone surrogate U+DC00 + byte, which no good text contains. */
function fromBytes(bytes: readonly number[]): string {
  const text = Buffer.from(bytes).toString();
  if (!text.includes('\ufffd')) return text;
  let out = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const char = Buffer.from(bytes.slice(at, at + length)).toString();
    const good = Buffer.from(char).equals(Buffer.from(bytes.slice(at, at + length)));
    out += good ? char : String.fromCharCode(0xdc00 + first);
    at += good ? length : 1;
  }
  return out;
}

/** Whether a decoded text is free of bytes that were not UTF-8. */
export function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}

/** Whether Go's net/url would escape the decoded path to exactly this text, in which case it forgets the escapes. */
export function isDefaultEncoding(escaped: string, decoded: string): boolean {
  const bytes = Buffer.from(decoded);
  let usual = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    usual += /[A-Za-z0-9\-_.~$&+,/:;=@]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return usual === escaped;
}
