import { isBadByte, toBytes } from './bytes.js';

/** Text in quotes as Go's %q shows it: what cannot be printed is escaped, and so are bytes that were not UTF-8. */
export function goQuote(text: string): string {
  return `"${escape(text, '"')}"`;
}

/** A character in single quotes, as encoding/json names it in its syntax errors. */
export function goQuoteChar(char: string): string {
  return `'${escape(char, "'")}'`;
}

const NAMED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

function escape(text: string, delimiter: string): string {
  return text.replace(/[\\"'\p{C}\p{Z}]/gu, (char) => {
    if (char === ' ') return char;
    if (char === '"' || char === "'") return char === delimiter ? `\\${char}` : char;
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) return NAMED[char] ?? `\\x${hex(code, 2)}`;
    if (isBadByte(char)) return `\\x${toBytes(char).toString('hex')}`;
    return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
