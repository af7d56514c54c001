import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Pair,
  Parser,
} from 'yaml';
import { pythonStr } from './python-str.js';
import type { Report } from './report.js';
import { plainScalar } from './scalars.js';
import { type At, describe, type Entry, joinPath, type MapNode, quote, type TreeNode } from './tree.js';

const MAX_BYTES = 1024 * 1024;
const MAX_LEXEMES = 50_000;
const MAX_DEPTH = 32;
// What aliases may make of a file, counted as if each were written out.
const MAX_EXPANDED_NODES = 50_000;
const TAG_PREFIX = 'tag:yaml.org,2002:';

/**
 * The text of a task file as a tree with places, read as PyYAML's safe_load reads it; undefined when `report` got violations
 * that leave nothing to look at. Time and memory are bounded whatever the text is.
 */
export function parseText(text: string, report: Report): TreeNode | undefined {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_BYTES) {
    report.refuse(
      { path: '', at: undefined },
      `the file has ${bytes} bytes; at most ${MAX_BYTES} (1 MiB) are read`,
      'put data into a volume',
    );
    return undefined;
  }
  const lines = new LineCounter();
  lines.addNewLine(0);
  const place = (offset: number): At => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const tokens = tokenize(text, lines, place, report);
  if (tokens === undefined) return undefined;
  const document = compose(tokens, text.length, place, report);
  if (document === undefined) return undefined;
  return createConverter(place, report).convert(document.contents);
}

/** Stops before the library's recursive composer could meet a file that is too deep or too long for it. */
function tokenize(
  text: string,
  lines: LineCounter,
  place: (offset: number) => At,
  report: Report,
): CST.Token[] | undefined {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    for (const token of parser.next(lexeme)) tokens.push(token);
    const at = place(parser.offset);
    if (parser.stack.length > MAX_DEPTH) {
      report.refuse({ path: '', at }, 'nested too deeply for a task file');
      return undefined;
    }
    if (lexemes > MAX_LEXEMES) {
      report.refuse({ path: '', at }, 'too many values for a task file', 'put data into a volume');
      return undefined;
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** The file's one document, or undefined after a report. An empty document behind a last `---` does not count. */
function compose(
  tokens: CST.Token[],
  length: number,
  place: (offset: number) => At,
  report: Report,
): Document.Parsed | undefined {
  // The failsafe schema leaves every scalar a string: its type is decided in plainScalar, not by the library.
  const composer = new Composer({
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  let first: Document.Parsed | undefined;
  for (const document of composer.compose(tokens, true, length)) {
    const error = document.errors[0];
    if (error !== undefined) {
      report.refuse({ path: '', at: place(error.pos[0]) }, `not valid YAML: ${error.message.replaceAll('\n', ' ')}`);
      return undefined;
    }
    if (first === undefined) {
      first = document;
    } else if (!isEmpty(document)) {
      report.refuse(
        { path: '', at: place(document.contents?.range[0] ?? 0) },
        'a second document begins here',
        'put one task into a file',
      );
      return undefined;
    }
  }
  return first;
}

function isEmpty(document: Document.Parsed): boolean {
  return (
    document.contents === null ||
    (isScalar(document.contents) && document.contents.value === '' && document.contents.tag === undefined)
  );
}

interface Sized {
  tree: TreeNode;
  /** Nodes in it, aliases written out. */
  size: number;
}

function createConverter(
  place: (offset: number) => At,
  report: Report,
): { convert(node: unknown): TreeNode | undefined } {
  const anchors = new Map<string, Sized | 'unfinished'>();
  let stopped = false;

  const refuse = (at: At, message: string, fix?: string): Sized => {
    report.refuse({ path: '', at }, message, fix);
    return { tree: { kind: 'null', at }, size: 1 };
  };

  const convert = (node: unknown): Sized => {
    if (isAlias(node)) return alias(node.source, placeOf(node));
    const at = placeOf(node);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) anchors.set(anchor, 'unfinished');
    const result = convertPlain(node, at);
    if (anchor !== undefined) anchors.set(anchor, result);
    if (result.size > MAX_EXPANDED_NODES && !stopped) {
      stopped = true;
      refuse(at, 'aliases make this too large for a task file', 'write the values out');
    }
    return result;
  };

  const placeOf = (node: unknown): At => {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
    return place(range?.[0] ?? 0);
  };

  const alias = (name: string, at: At): Sized => {
    const target = anchors.get(name);
    if (target === undefined)
      return refuse(
        at,
        `*${quote(name).slice(1, -1)} has no anchor before it`,
        `write &${quote(name).slice(1, -1)} at the value that it means`,
      );
    if (target === 'unfinished') return refuse(at, `*${quote(name).slice(1, -1)} contains itself`);
    return { tree: { ...target.tree, at }, size: target.size };
  };

  const convertPlain = (node: unknown, at: At): Sized => {
    if (isScalar(node)) return { tree: scalar(node.value, node.type === 'PLAIN', node.tag, at), size: 1 };
    if (isSeq(node)) {
      const items = node.items.map(convert);
      return { tree: { kind: 'list', items: items.map((item) => item.tree), at }, size: total(items) };
    }
    if (isMap(node)) return mapping(node.items, at);
    return { tree: { kind: 'null', at }, size: 1 };
  };

  const scalar = (value: unknown, plain: boolean, tag: string | undefined, at: At): TreeNode => {
    const text = typeof value === 'string' ? value : '';
    const string: TreeNode = { kind: 'string', value: text, at };
    if (tag === undefined) return plain ? plainScalar(text, at) : string;
    const name = tag.startsWith(TAG_PREFIX) ? tag.slice(TAG_PREFIX.length) : tag;
    if (name === '!' || name === 'str') return string;
    const typed = plainScalar(text, at);
    if (typed.kind === name) return typed;
    if (name === 'float' && typed.kind === 'int') return { kind: 'float', value: Number(typed.value), at };
    return refuse(at, `the tag ${quote(tag)} is not understood here`, 'leave the tag out').tree;
  };

  const mapping = (pairs: readonly Pair[], at: At): Sized => {
    const own: Entry[] = [];
    const merged: Entry[] = [];
    const firstPlace = new Map<string, At>();
    let size = 1;
    for (const pair of pairs) {
      const value = convert(pair.value);
      size += value.size;
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN') {
        merged.push(...mergeEntries(value.tree));
        continue;
      }
      const entry = keyed(pair.key, value.tree);
      if (entry === undefined) continue;
      if (firstPlace.has(entry.key)) {
        const first = firstPlace.get(entry.key);
        report.refuse(
          { path: joinPath('', entry.key), at: entry.keyAt },
          `given twice in one mapping, first on line ${first?.line}`,
          'keep one of the two',
        );
        continue;
      }
      firstPlace.set(entry.key, entry.keyAt);
      own.push(entry);
    }
    return { tree: withMerged(own, merged, at), size };
  };

  const keyed = (node: unknown, value: TreeNode): Entry | undefined => {
    const key = convert(node).tree;
    const text = key.kind === 'null' ? 'None' : pythonStr(key);
    if (text === undefined) {
      refuse(key.at, `${describe(key)} cannot be a key here`, 'use a word');
      return undefined;
    }
    const written = isScalar(node) && typeof node.value === 'string' ? node.value : text;
    return { key: text, written, keyAt: key.at, value };
  };

  const mergeEntries = (source: TreeNode): readonly Entry[] => {
    if (stopped) return [];
    if (source.kind === 'map') return source.entries;
    if (source.kind === 'list' && source.items.every((item) => item.kind === 'map'))
      return source.items.flatMap((item) => item.entries);
    refuse(source.at, '<< takes a mapping or a list of mappings', 'write `<<: *anchor`');
    return [];
  };

  return {
    convert(node) {
      const { tree } = convert(node);
      return report.violations().length > 0 && stopped ? undefined : tree;
    },
  };
}

/** A mapping's own keys win over merged ones, and among those the earlier. */
function withMerged(own: readonly Entry[], merged: readonly Entry[], at: At): MapNode {
  const seen = new Set(own.map((entry) => entry.key));
  const inherited = merged.filter((entry) => !seen.has(entry.key) && seen.add(entry.key));
  return { kind: 'map', entries: [...inherited, ...own], at };
}

function total(items: readonly Sized[]): number {
  return items.reduce((sum, item) => sum + item.size, 1);
}
