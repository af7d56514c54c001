const STANDARD = /^[A-Za-z0-9+/]*(={0,2})$/;
const URL_SAFE = /^[A-Za-z0-9_-]*(={0,2})$/;

/** Bytes of base64 text in either alphabet (not both), with padding or without; undefined when it is not base64. */
export function parseBase64(text: string): Buffer | undefined {
  const compact = text.replace(/[\r\n]/g, ''); // Go's decoder passes over line ends
  const match = (/[-_]/.test(text) ? URL_SAFE : STANDARD).exec(compact);
  if (!match) return undefined;
  const padding = match[1]?.length ?? 0;
  if (text.length % 4 === 0 ? compact.length % 4 !== 0 : padding > 0 || compact.length % 4 === 1) return undefined;
  if (padding > 0 && (compact.length - padding) % 4 < 2) return undefined;
  return Buffer.from(compact, 'base64');
}
