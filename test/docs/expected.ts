/** Compares what commands print with what a page says, which was printed on another day, on another machine. */

import { stripVTControlCharacters } from 'node:util';

/** Ids as a page has them, and the ids that stand for them in this run. */
export type Ids = Map<string, string>;

/** Where a page tells of an id for the first time. */
const NEW_ID = /(?:\b(?:Task|Volume) |"(?:task|volume)_id":\s?")([a-z0-9]{8})\b/;
const ID = /\b[a-z0-9]{8}\b/g;

/** The text with the ids of this run. */
export function withIds(text: string, ids: Ids): string {
  return text.replaceAll(ID, (word) => ids.get(word) ?? word);
}

/**
 * Which of the lines that a page shows are not among those that were printed. Numbers, and so times, ages and addresses, may be
 * others (but for a number alone on its line, which is an exit code), blanks and tabs more or fewer, and `…` stands for anything. Learns ids from lines that tell of a new one.
 */
export function missingLines(shown: readonly string[], printed: string, ids: Ids): string[] {
  const lines = printed.split('\n').map(squeezed);
  return shown.filter((line) => {
    const known = squeezed(withIds(line, ids));
    const [, id] = NEW_ID.exec(known) ?? [];
    const isNew = id !== undefined && ![...ids.values()].includes(id);
    const pattern = patternOf(known, isNew ? id : undefined);
    const match = lines.map((printedLine) => pattern.exec(printedLine)).find((found) => found !== null);
    if (match && isNew) ids.set(id, match.groups?.['id'] ?? '');
    return !match;
  });
}

/** Without the blanks that only align, and without what moves the cursor or gives colour. */
function squeezed(line: string): string {
  return stripVTControlCharacters(line).replaceAll(/\s+/g, ' ').trim();
}

function patternOf(line: string, newId: string | undefined): RegExp {
  if (/^\d+$/.test(line)) return new RegExp(`^${line}$`);
  let source = '';
  let end = 0;
  for (const { 0: word, index } of line.matchAll(ID)) {
    source += anyNumbers(line.slice(end, index)) + (word === newId ? idIn(source) : asItIs(word));
    end = index + word.length;
  }
  return new RegExp(`^${source}${anyNumbers(line.slice(end))}$`, 'u');
}

/** Where the id is told more than once, it is the same one. */
function idIn(source: string): string {
  return source.includes('(?<id>') ? String.raw`\k<id>` : '(?<id>[a-z0-9]{8})';
}

/** A word of eight letters and digits, mostly an id. */
function asItIs(word: string): string {
  return /^\d+$/.test(word) ? String.raw`\d+` : word;
}

function anyNumbers(text: string): string {
  return text
    .replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
    .replaceAll('…', '.*')
    .replaceAll(/\d+[smhd](?:\d+[smhd])?\b/g, String.raw`(?:\d+[smhd])+`)
    .replaceAll(/\d+/g, String.raw`\d+`);
}
