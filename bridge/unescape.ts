/** Percent escapes of request targets, decoded as Go's net/url and the gateway's four modes do. */

import { fromBytes } from './go/bytes.js';

/** How much of an escaped path is decoded before it is matched and captured. */
export type UnescapingMode = 'legacy' | 'all-except-reserved' | 'all-except-slash' | 'all-characters';

const RESERVED = new Set("!#$&'()*+,/:;=?@[]");

/** The first bad escape of a text (`%zz`, `%2`), undefined when all are well formed. */
export function badEscape(text: string): string | undefined {
  if (!text.includes('%')) return undefined;
  const found = /%(?![0-9A-Fa-f]{2})/.exec(text);
  return found ? text.slice(found.index, found.index + 3) : undefined;
}

/** Decodes every escape, which have to be well formed. Bytes that are not UTF-8 become lone surrogates. */
export function unescapeAll(text: string): string {
  return text.includes('%') ? decode(text, () => true) : text;
}

/** As {@link unescapeAll}, for a text in which each character is a byte. */
export function unescapeBytes(text: string): string {
  if (!/[%\x80-\xff]/.test(text)) return text;
  const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return fromBytes(Buffer.from(bytes, 'latin1'));
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
      decoded += fromBytes(Uint8Array.from(bytes)) + run.slice(at, at + 3);
      bytes = [];
    }
    return decoded + fromBytes(Uint8Array.from(bytes));
  });
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
