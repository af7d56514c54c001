import { randomInt } from 'node:crypto';

// No vowels and no look-alikes, so that no words come out.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
/** So many characters of a prefix get into the name. */
export const maxPrefixLength = 58;

/** A name from `generateName`: the prefix, cut at 58 characters, and five random characters. */
export function generatedName(prefix: string): string {
  let suffix = '';
  for (let index = 0; index < suffixLength; index += 1) suffix += alphabet[randomInt(alphabet.length)];
  return prefix.slice(0, maxPrefixLength) + suffix;
}
