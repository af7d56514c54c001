/** Base64 as Go's decoders read it: strict about padding and alphabet, but line ends mean nothing. */

const PATTERNS = {
  padded: /^[A-Za-z0-9+/]*={0,2}$/,
  bare: /^[A-Za-z0-9+/]*$/,
  urlPadded: /^[A-Za-z0-9_-]*={0,2}$/,
  urlBare: /^[A-Za-z0-9_-]*$/,
};

/** Bytes of base64 text in either alphabet (not both), with padding or without; else the offset of the first bad byte. */
export function parseBase64(text: string): Buffer | number {
  const padded = Buffer.byteLength(text) % 4 === 0;
  if (/[-_]/.test(text)) return decode(text, padded ? PATTERNS.urlPadded : PATTERNS.urlBare, padded, /[A-Za-z0-9_-]/);
  return parseStandardBase64(text, padded);
}

/** As {@link parseBase64}, in the standard alphabet only. */
export function parseStandardBase64(text: string, padded: boolean): Buffer | number {
  return decode(text, padded ? PATTERNS.padded : PATTERNS.bare, padded, /[A-Za-z0-9+/]/);
}

/** What Go says of bad base64. */
export function base64Error(offset: number): string {
  return `illegal base64 data at input byte ${offset}`;
}

function decode(text: string, whole: RegExp, padded: boolean, alphabet: RegExp): Buffer | number {
  const compact = text.replace(/[\r\n]/g, '');
  const fits = padded ? compact.length % 4 === 0 : compact.length % 4 !== 1;
  if (fits && whole.test(compact)) return Buffer.from(compact, 'base64');
  return badOffset(Buffer.from(text).toString('latin1'), padded, alphabet);
}

/** Where Go's decoder stops. It reads four digits at a time. */
function badOffset(bytes: string, padded: boolean, alphabet: RegExp): number {
  const next = (from: number): number => {
    let at = from;
    while (bytes[at] === '\n' || bytes[at] === '\r') at++;
    return at;
  };
  let digits = 0;
  for (let at = next(0); at < bytes.length; at = next(at + 1)) {
    if (alphabet.test(bytes[at] ?? '')) {
      digits = (digits + 1) % 4;
      continue;
    }
    if (bytes[at] !== '=' || !padded || digits < 2) return at;
    let end = next(at + 1);
    if (digits === 2) {
      if (end === bytes.length) return end;
      if (bytes[end] !== '=') return end - 1;
      end = next(end + 1);
    }
    return end;
  }
  return bytes.length - digits;
}
