/** Text in quotes as Go's %q shows it. Exact for ASCII and printable text. */
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
  return text.replace(/[\\"'\p{Cc}]/gu, (char) => {
    if (char === '"' || char === "'") return char === delimiter ? `\\${char}` : char;
    const code = char.charCodeAt(0);
    return NAMED[char] ?? (code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
