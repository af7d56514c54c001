/** The token that callers have to know, read from a file: on a command line or in the environment others could see it. */

import { readFileSync } from 'node:fs';
import { messageOf } from './message-of.js';

/** Shorter ones could be guessed. */
const MIN_LENGTH = 16;

/** Reads the token. Throws an error that says what to do where there is none in the file. */
export function readToken(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const why = messageOf(error);
    throw new Error(`the token cannot be read: ${why}; correct --token-file`, { cause: error });
  }
  if (new RegExp(`^[\\x21-\\x7e]{${MIN_LENGTH},}$`).test(text)) return text;
  throw new Error(
    `${file} holds no token: it must be one line of at least ${MIN_LENGTH} printable characters without spaces; ` +
      'make one with `openssl rand -hex 32`',
  );
}
