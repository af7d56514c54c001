/** Syntax errors of JSON in the words of Go's encoding/json, whose scanner sees every body before protojson does. */

import { goQuoteChar } from './quote.js';

/** Readers do not go deeper either; far below what would exhaust the stack. */
const MAX_DEPTH = 1000;

/**
 * Walks over the first JSON value of the text from an offset. Answers where it ends, or the text of its syntax error ('EOF'
 * when there is only white space). Only worth calling after a reader has failed.
 */
export function scanValue(text: string, from: number): { readonly end: number } | { readonly error: string } {
  const scan = new Scan(text, from);
  scan.space();
  if (scan.at >= text.length) return { error: 'EOF' };
  try {
    scan.value('looking for beginning of value', 1);
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
    const code = this.#text.codePointAt(this.at);
    if (code === undefined) return new SyntaxFailure('unexpected EOF');
    // Go looks at bytes, so a character outside ASCII shows as its first byte.
    const byte = String.fromCharCode(Buffer.from(String.fromCodePoint(code))[0] ?? 0);
    return new SyntaxFailure(`invalid character ${goQuoteChar(byte)} ${context}`);
  }

  value(context: string, depth: number): void {
    if (depth > MAX_DEPTH) throw new SyntaxFailure('proto: exceeded max recursion depth');
    switch (this.#text[this.at] ?? '') {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#literal('true');
      case 'f':
        return this.#literal('false');
      case 'n':
        return this.#literal('null');
      default:
        return this.#number(context);
    }
  }

  #object(depth: number): void {
    this.at++;
    this.space();
    if (this.#text[this.at] === '}') return void this.at++;
    for (;;) {
      if (this.#text[this.at] !== '"') throw this.#fail('looking for beginning of object key string');
      this.#string();
      this.space();
      if (this.#text[this.at] !== ':') throw this.#fail('after object key');
      this.at++;
      this.space();
      this.value('looking for beginning of value', depth + 1);
      this.space();
      if (this.#text[this.at] === '}') return void this.at++;
      if (this.#text[this.at] !== ',') throw this.#fail('after object key:value pair');
      this.at++;
      this.space();
    }
  }

  #array(depth: number): void {
    this.at++;
    this.space();
    if (this.#text[this.at] === ']') return void this.at++;
    for (;;) {
      this.value('looking for beginning of value', depth + 1);
      this.space();
      if (this.#text[this.at] === ']') return void this.at++;
      if (this.#text[this.at] !== ',') throw this.#fail('after array element');
      this.at++;
      this.space();
    }
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

  #number(context: string): void {
    if (!/[-\d]/.test(this.#text[this.at] ?? '')) {
      throw this.#fail(context);
    }
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
