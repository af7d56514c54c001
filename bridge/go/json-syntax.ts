/** Syntax errors of JSON in the words of Go's encoding/json, whose scanner sees every body before protojson does. */

import { toBytes } from './bytes.js';
import { goQuoteChar } from './quote.js';

const MAX_DEPTH = 10_000;
const CLOSING = { '{': '}', '[': ']' } as const;

/**
 * Walks over the first JSON value of the text from an offset. Answers where it ends, or the text of its syntax error ('EOF'
 * when there is only white space). Only worth calling after a reader has failed.
 */
export function scanValue(text: string, from: number): { readonly end: number } | { readonly error: string } {
  const scan = new Scan(text, from);
  scan.space();
  if (scan.at >= text.length) return { error: 'EOF' };
  try {
    scan.value();
    return { end: scan.at };
  } catch (error) {
    if (error instanceof SyntaxFailure) return { error: error.message };
    throw error;
  }
}

class SyntaxFailure extends Error {}

class Scan {
  at: number;
  readonly #text: string;

  constructor(text: string, from: number) {
    this.#text = text;
    this.at = from;
  }

  space(): void {
    while (' \t\r\n'.includes(this.#text[this.at] ?? '-')) this.at++;
  }

  #fail(context: string): SyntaxFailure {
    const [char] = this.#text.slice(this.at, this.at + 2);
    if (char === undefined) return new SyntaxFailure('unexpected EOF');
    // Go looks at bytes, so a character outside ASCII shows as its first byte.
    const byte = String.fromCharCode(toBytes(char)[0] ?? 0);
    return new SyntaxFailure(`invalid character ${goQuoteChar(byte)} ${context}`);
  }

  /** Walks over a value of any depth; not by recursion, for the stack does not take all that Go takes. */
  value(): void {
    /** The containers that are open. */
    const open: ('{' | '[')[] = [];
    do {
      const char = this.#text[this.at] ?? '';
      if (char === '{' || char === '[') {
        if (open.push(char) > MAX_DEPTH) throw this.#fail('exceeded max depth');
        this.at++;
        this.space();
        if (this.#text[this.at] !== CLOSING[char]) {
          if (char === '{') this.#name();
          continue;
        }
      } else this.#scalar(char);
      this.#close(open);
    } while (open.length > 0);
  }

  #scalar(char: string): void {
    if (char === '"') this.#string();
    else if (char === 't') this.#literal('true');
    else if (char === 'f') this.#literal('false');
    else if (char === 'n') this.#literal('null');
    else this.#number();
  }

  /** Walks over all brackets that close here, and over what leads to the next value. */
  #close(open: ('{' | '[')[]): void {
    for (let container = open.at(-1); container; container = open.at(-1)) {
      this.space();
      const char = this.#text[this.at];
      if (char === ',') {
        this.at++;
        this.space();
        if (container === '{') this.#name();
        return;
      }
      if (char !== CLOSING[container]) {
        throw this.#fail(container === '{' ? 'after object key:value pair' : 'after array element');
      }
      this.at++;
      open.pop();
    }
  }

  #name(): void {
    if (this.#text[this.at] !== '"') throw this.#fail('looking for beginning of object key string');
    this.#string();
    this.space();
    if (this.#text[this.at] !== ':') throw this.#fail('after object key');
    this.at++;
    this.space();
  }

  #string(): void {
    this.at++;
    for (;;) {
      const char = this.#text[this.at];
      if (char === undefined || char < ' ') throw this.#fail('in string literal');
      this.at++;
      if (char === '"') return;
      if (char === '\\') this.#escape();
    }
  }

  #escape(): void {
    const char = this.#text[this.at];
    if (char === undefined || !'bfnrt\\/"u'.includes(char)) throw this.#fail('in string escape code');
    this.at++;
    if (char !== 'u') return;
    for (let digit = 0; digit < 4; digit++) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.at] ?? '')) throw this.#fail('in \\u hexadecimal character escape');
      this.at++;
    }
  }

  #literal(word: string): void {
    for (const [index, char] of Array.from(word).entries()) {
      const context = `in literal ${word} (expecting ${goQuoteChar(char)})`;
      if (this.#text[this.at] !== char) throw this.#fail(index === 0 ? 'looking for beginning of value' : context);
      this.at++;
    }
  }

  #digits(context: string): void {
    if (!/\d/.test(this.#text[this.at] ?? '')) throw this.#fail(context);
    while (/\d/.test(this.#text[this.at] ?? '')) this.at++;
  }

  #number(): void {
    if (!/[-\d]/.test(this.#text[this.at] ?? '')) throw this.#fail('looking for beginning of value');
    if (this.#text[this.at] === '-') this.at++;
    if (this.#text[this.at] === '0') this.at++;
    else this.#digits('in numeric literal');
    if (this.#text[this.at] === '.') {
      this.at++;
      this.#digits('after decimal point in numeric literal');
    }
    if (/[eE]/.test(this.#text[this.at] ?? '')) {
      this.at++;
      if (/[-+]/.test(this.#text[this.at] ?? '')) this.at++;
      this.#digits('in exponent of numeric literal');
    }
  }
}
