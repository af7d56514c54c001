import { Composer, type CST, type Document, isScalar, Lexer, LineCounter, Parser, visit } from 'yaml';
import { convertNode } from './convert.js';
import type { Report } from './report.js';
import { syntaxFix } from './syntax-fix.js';
import { type At, type TreeNode, visible } from './tree.js';

/** Place of an offset in the text. */
type Place = (offset: number) => At;

const MAX_BYTES = 1024 * 1024;
const MAX_LEXEMES = 50_000;
const MAX_DEPTH = 32;
// Everything that YAML 1.1 does not count as printable; half a surrogate pair is matched by \p{Cs}.
const UNPRINTABLE = /(?![\t\n\r\u0085])[\p{Cc}\p{Cs}\ufffe\uffff]/u;

/**
 * The text of a task file as a tree with places, read as PyYAML's safe_load reads it; undefined when `report` got violations
 * that leave nothing to look at. Lines must end in \n. Time and memory are bounded whatever the text is.
 */
export function parseText(text: string, report: Report): TreeNode | undefined {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_BYTES) {
    const message = `the file has ${bytes} bytes; at most ${MAX_BYTES} (1 MiB) are read`;
    return report.refuse({ path: '', at: undefined }, message, 'put data into a volume');
  }
  const lines = new LineCounter();
  lines.addNewLine(0);
  const place: Place = (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const tokens = tokenize(text, lines, place, report);
  if (tokens === undefined) return undefined;
  const unprintable = UNPRINTABLE.exec(text);
  if (unprintable !== null) {
    const code = unprintable[0].codePointAt(0)?.toString(16).padStart(4, '0');
    return report.refuse(
      { path: '', at: place(unprintable.index) },
      `the character U+${code} cannot stand in YAML`,
      'remove it',
    );
  }
  const document = compose(tokens, text, place, report);
  return document === undefined ? undefined : convertNode(document.contents, place, report);
}

/** Stops before the library's recursive composer could meet a file that is too deep or too long for it. */
function tokenize(text: string, lines: LineCounter, place: Place, report: Report): CST.Token[] | undefined {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH) {
      const spot = { path: '', at: place(parser.offset) };
      return report.refuse(spot, 'this is nested too deeply for a task file', 'write it with fewer levels');
    }
    if (lexemes > MAX_LEXEMES) {
      const spot = { path: '', at: place(parser.offset) };
      return report.refuse(spot, 'the file has too many values for a task', 'put data into a volume');
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** The file's one document, or undefined after a report. An empty document behind a last `---` does not count. */
function compose(tokens: CST.Token[], text: string, place: Place, report: Report): Document.Parsed | undefined {
  const composer = new Composer({
    // Leaves every scalar a string: plainScalar decides the types, not the library.
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  let first: Document.Parsed | undefined;
  for (const document of composer.compose(tokens, true, text.length)) {
    const error = document.errors[0];
    if (error !== undefined) {
      const quote = error.message.startsWith('Missing closing') ? lastQuote(document) : undefined;
      if (quote !== undefined) {
        const spot = { path: '', at: place(quote) };
        return report.refuse(spot, 'not valid YAML: the quote that opens here is not closed', 'close it');
      }
      // The library's messages quote the text as it is.
      const message = `not valid YAML: ${visible(error.message, 200)}`;
      // What is missing at the end is told where the text ends, and not on an empty line behind it.
      const offset = Math.min(error.pos[0], Math.max(0, text.trimEnd().length - 1));
      return report.refuse({ path: '', at: place(offset) }, message, syntaxFix(error));
    }
    if (first === undefined) {
      first = document;
    } else if (!isEmpty(document)) {
      const spot = { path: '', at: place(document.contents?.range[0] ?? text.length) };
      return report.refuse(spot, 'a second document begins here', 'put one task into a file');
    }
  }
  return first;
}

/** Where the last text in quotes begins: one that is not closed reaches to the end, however far that is. */
function lastQuote(document: Document.Parsed): number | undefined {
  let at: number | undefined;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') at = range?.[0];
    },
  });
  return at;
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.source === '' && contents.tag === undefined);
}
