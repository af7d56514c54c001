/** Walks over JSON text for the schema-driven readers, and words what is wrong with it. */

import { fromBytes, isWellFormed, toBytes } from '../go/bytes.js';
import { goQuote, goQuoteChar } from '../go/quote.js';

/** Text that cannot be read; the message is the one that the caller sees. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const RAW_WORD = /[-+._a-zA-Z0-9]{1,32}|[^]|$/uy;
const TOKEN = /^(?:[[\]{},]?|".*"|null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/su;
/** What is said of a text that is nested too deep. */
export const TOO_DEEP = 'proto: exceeded max recursion depth';
const UNEXPECTED_EOF = 'proto: unexpected EOF';
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Character codes that readers look at. */
export const Char = {
  QUOTE: 34,
  COMMA: 44,
  COLON: 58,
  OPEN_LIST: 91,
  CLOSE_LIST: 93,
  NULL: 110,
  OPEN: 123,
  CLOSE: 125,
};

/** Messages may not be nested deeper; far below what would exhaust the stack. */
const MAX_DEPTH = 1000;

/** A position in JSON text. Every method leaves it behind what it read. */
export class Scanner {
  readonly text: string;
  pos: number;
  /** How deep the readers are; they count it up and down. */
  depth = 0;
  /** Lines and columns of errors count from here. */
  readonly #origin: number;
  readonly #invalidUtf8: boolean;

  /**
   * `invalidUtf8`: the text came from bytes that were not UTF-8 throughout, and tells where. `origin` is where lines and columns
   * count from, if not from the value.
   */
  constructor(text: string, from: number, invalidUtf8: boolean, origin?: number) {
    this.text = text;
    this.pos = from;
    this.#invalidUtf8 = invalidUtf8;
    this.peek();
    this.#origin = origin ?? this.pos;
  }

  /** Skips white space; answers the code of the next character, NaN at the end. */
  peek(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.pos);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code;
      this.pos++;
    }
  }

  /** Steps over `{` or `[`, or fails; true when the container is not empty. */
  open(opening: number, closing: number): boolean {
    if (this.peek() !== opening) throw this.unexpected();
    if (++this.depth > MAX_DEPTH) throw new JsonError(TOO_DEEP);
    this.pos++;
    if (this.peek() !== closing) return true;
    this.#close();
    return false;
  }

  /** Steps over `,` (true) or the closing bracket (false). */
  more(closing: number): boolean {
    const code = this.peek();
    if (code === closing) {
      this.#close();
      return false;
    }
    if (code !== Char.COMMA) throw this.unexpected();
    this.pos++;
    return true;
  }

  #close(): void {
    this.depth--;
    this.pos++;
  }

  /** Reads a field name and its colon. */
  fieldName(): string {
    if (this.peek() !== Char.QUOTE) throw this.unexpected();
    const name = this.string();
    if (this.peek() !== Char.COLON) throw this.#noColon();
    this.pos++;
    return name;
  }

  #noColon(): JsonError {
    const [char] = this.text.slice(this.pos, this.pos + 2);
    if (char === undefined) return new JsonError(UNEXPECTED_EOF);
    const shown = String.fromCharCode(toBytes(char)[0] ?? 0); // Go looks at bytes
    return this.syntax(this.pos, `unexpected character ${shown}, missing ":" after field name`);
  }

  /** Reads the string that begins here. */
  string(): string {
    const start = this.pos;
    const { text } = this;
    for (let at = start + 1; ; at++) {
      const code = text.charCodeAt(at);
      if (code === Char.QUOTE) {
        this.pos = at + 1;
        const value = text.slice(start + 1, at);
        return this.#invalidUtf8 ? this.#checked(value, start) : value;
      }
      if (code === 92) return this.#checked(this.#escaped(start, at), start);
      if (!(code >= 32)) throw this.#endless(start, text[at]);
    }
  }

  #checked(value: string, start: number): string {
    if (this.#invalidUtf8 && !isWellFormed(value)) throw this.syntax(start, 'invalid UTF-8 in string');
    return value;
  }

  /** What is wrong with a string that goes on into its end, or with this control character. */
  #endless(start: number, char: string | undefined): JsonError {
    if (char === undefined) return new JsonError(UNEXPECTED_EOF);
    return this.syntax(start, `invalid character ${goQuoteChar(char)} in string`);
  }

  /** What is wrong with a string that has this escape, of which Go shows so many bytes. */
  #badEscape(start: number, escape: string, bytes: number): JsonError {
    const shown = toBytes(escape).subarray(0, bytes);
    if (shown.length < bytes) return new JsonError(UNEXPECTED_EOF);
    return this.syntax(start, `invalid escape code ${goQuote(fromBytes(shown))} in string`);
  }

  #escaped(start: number, firstEscape: number): string {
    const { text } = this;
    let value = text.slice(start + 1, firstEscape);
    for (let at = firstEscape; ; ) {
      const char = text[at];
      if (char === undefined || char < ' ') throw this.#endless(start, char);
      at++;
      if (char === '"') {
        this.pos = at;
        return value;
      }
      if (char !== '\\') {
        value += char;
        continue;
      }
      const escape = text[at++] ?? '';
      if (escape !== 'u') {
        const plain = ESCAPES[escape];
        if (plain === undefined) throw this.#badEscape(start, text.slice(at - 2, at + 1), 2);
        value += plain;
        continue;
      }
      const [unit, length] = this.#unicode(start, at);
      value += unit;
      at += length;
    }
  }

  /** The character behind `\u`, and how much text it takes. A surrogate needs its other half. */
  #unicode(start: number, at: number): [string, number] {
    const hex = this.text.slice(at, at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.#badEscape(start, this.text.slice(at - 2, at + 4), 6);
    const code = Number.parseInt(hex, 16);
    if (code < 0xd800 || code > 0xdfff) return [String.fromCharCode(code), 4];
    const next = this.text.slice(at + 4, at + 10);
    const low = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})$/.exec(next)?.[1];
    if (code > 0xdbff || low === undefined) throw this.#badEscape(start, next, 6);
    return [String.fromCharCode(code, Number.parseInt(low, 16)), 10];
  }

  /** Text of the number that begins here, undefined when there is none. */
  number(): string | undefined {
    NUMBER.lastIndex = this.pos;
    const found = NUMBER.exec(this.text)?.[0];
    if (found === undefined || !this.#endsAt(this.pos + found.length)) return undefined;
    this.pos += found.length;
    return found;
  }

  /** Steps over a word (null, true, false) if it is next. */
  word(word: string): boolean {
    if (!this.text.startsWith(word, this.pos) || !this.#endsAt(this.pos + word.length)) return false;
    this.pos += word.length;
    return true;
  }

  /** Whether a number or a word that reaches to an offset is complete there. */
  #endsAt(end: number): boolean {
    const code = this.text.charCodeAt(end);
    // What ends nearly all of them, for speed.
    if (code === Char.COMMA || code === Char.CLOSE || Number.isNaN(code)) return true;
    return !/[-+._a-zA-Z0-9]/.test(this.text[end] ?? '');
  }

  /** The text of the token at an offset. */
  token(at: number): string {
    if (this.text.charCodeAt(at) === Char.QUOTE) {
      for (let end = at + 1; end < this.text.length; end++) {
        if (this.text[end] === '\\') end++;
        else if (this.text[end] === '"') return this.text.slice(at, end + 1);
      }
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number !== undefined && this.#endsAt(at + number.length)) return number;
    RAW_WORD.lastIndex = at;
    return RAW_WORD.exec(this.text)?.[0] ?? '';
  }

  /** What a reader throws when the next token cannot stand here. */
  unexpected(): JsonError {
    const at = this.pos;
    if (this.peek() === Char.QUOTE) this.string(); // it may have an error of its own
    this.pos = at;
    this.peek();
    const token = this.token(this.pos);
    if (token === '' && this.depth > 0) return new JsonError(UNEXPECTED_EOF);
    return this.syntax(this.pos, `${TOKEN.test(token) ? 'unexpected token' : 'invalid value'} ${token}`);
  }

  /** A syntax error at an offset. */
  syntax(at: number, message: string): JsonError {
    return new JsonError(`proto: syntax error (line ${this.#position(at)}): ${message}`);
  }

  /** An error in what the text says, at an offset. */
  error(at: number, message: string): JsonError {
    return new JsonError(`proto: (line ${this.#position(at)}): ${message}`);
  }

  #position(at: number): string {
    const before = this.text.slice(this.#origin, at);
    const lineStart = before.lastIndexOf('\n') + 1;
    return `${before.split('\n').length}:${Array.from(before.slice(lineStart)).length + 1}`;
  }
}
