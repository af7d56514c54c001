/** Pieces of JSON text as Go writes them. */

// Halves of surrogate pairs, too: a pattern that tells those apart takes twice as long.
// oxlint-disable-next-line no-control-regex -- they are what has to be escaped
const NEEDS_ESCAPE = /["\\\x00-\x1f\ud800-\udfff]/;
const HTML = /[<>&\u2028\u2029]/g;
const HTML_TEST = /[<>&\u2028\u2029]/;

/** A JSON string. Lone surrogates, which no protobuf string can hold, become U+FFFD. */
export function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  const quoted = JSON.stringify(text);
  return quoted.includes('\\ud') ? JSON.stringify(Buffer.from(text).toString()) : quoted;
}

/** JSON text in which `<`, `>`, `&`, U+2028 and U+2029 are escaped, as Go's encoding/json does by default. */
export function escapeHtml(json: string): string {
  if (!HTML_TEST.test(json)) return json;
  return json.replace(HTML, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A double in its shortest form; NaN and the infinities as strings. */
export function double(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return `"${value}"`;
}

/** Integers below this have no shorter text as a float than as a double. */
const EXACT_FLOAT = 2 ** 24;

/** A float in its shortest form: the fewest digits that give the same 32 bits. */
export function float(value: number): string {
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < EXACT_FLOAT)) return double(value);
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return double(short);
  }
  return double(value);
}

/** Orders strings by their UTF-8 bytes, as Go does; UTF-16 differs only above the basic plane. */
export function compareUtf8(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
