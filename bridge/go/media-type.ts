/** Content-Type headers as Go's package mime reads them; its error texts reach callers. */

const TOKEN = String.raw`[^\x00-\x20\x7f-\uffff()<>@,;:\\"/[\]?=]+`;
/** A backslash escapes only what needs it. */
const QUOTED = String.raw`"(?:\\[()<>@,;:\\"/[\]?=]|\\(?![()<>@,;:\\"/[\]?=])|[^"\\\r\n])*"`;
const MEDIA_TYPE = new RegExp(`^(${TOKEN})?(/)?(${TOKEN})?(.*)$`, 's');
const PARAMETER = new RegExp(String.raw`^\s*;\s*(${TOKEN})\s*=\s*(${TOKEN}|${QUOTED})`);
/** What most of them are. */
const PLAIN = /^[a-z]+\/[a-z]+$/;
const ESCAPE = /\\([()<>@,;:\\"/[\]?=])/g;

/** The media type of a header's value, lower case and without parameters. Throws an Error with Go's text. */
export function parseMediaType(text: string): string {
  if (PLAIN.test(text)) return text;
  const [base = ''] = text.split(';', 1);
  const mediaType = base.trim().toLowerCase();
  const [, type, slash, subtype, more = ''] = MEDIA_TYPE.exec(mediaType) ?? [];
  if (type === undefined) throw new Error('mime: no media type');
  if (slash === undefined && more !== '') throw new Error('mime: expected slash after first token');
  if (slash !== undefined && subtype === undefined) throw new Error('mime: expected token after slash');
  if (more !== '') throw new Error('mime: unexpected content after media subtype');
  const seen = new Map<string, string>();
  for (let rest = text.slice(base.length); rest.trim() !== '' && rest.trim() !== ';'; ) {
    const [whole = '', name = '', raw = ''] = PARAMETER.exec(rest) ?? [];
    if (whole === '') throw new Error('mime: invalid media parameter');
    const key = name.toLowerCase();
    const value = raw.startsWith('"') ? raw.slice(1, -1).replace(ESCAPE, '$1') : raw;
    if ((seen.get(key) ?? value) !== value) throw new Error('mime: duplicate parameter name');
    seen.set(key, value);
    rest = rest.slice(whole.length);
  }
  return mediaType;
}
