import type { KubeObject } from './object.js';

/** So much text is kept, in characters; and that which was made last, however long it is. */
const room = 1024 * 1024;

/** The texts that were made last, oldest first. */
const texts = new Map<KubeObject, string>();
let length = 0;

/** The JSON of an object of the store. It is wanted several times in a row: by the journal, by who has written it and by all who watch. */
export function textOf(object: KubeObject): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  texts.set(object, text);
  length += text.length;
  for (const [oldest, old] of texts) {
    if (length <= room || oldest === object) break;
    texts.delete(oldest);
    length -= old.length;
  }
  return text;
}
