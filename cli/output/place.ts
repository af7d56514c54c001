/** Texts about task files, with their place put in the way of editors and compilers. */

import { textWidth } from './text-width.js';

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `line 3, column 5: words`, as the server says it, in parts. */
export function splitPlace(text: string): { readonly at: Position | undefined; readonly words: string } {
  const match = /^line (\d+), column (\d+): /.exec(text);
  if (!match) return { at: undefined, words: text };
  return { at: { line: Number(match[1]), column: Number(match[2]) }, words: text.slice(match[0].length) };
}

/** `task.yaml:3:5`, or the file alone. */
export function placeIn(file: string, at: Position | undefined): string {
  return at === undefined ? file : `${file}:${at.line}:${at.column}`;
}

/** A line of a text with a mark below a column of it; empty when there is nothing to show. */
export function sourceLines(source: string | undefined, column: number): readonly string[] {
  if (source === undefined || source.trim() === '') return [];
  const before = source.slice(0, column - 1);
  return [`    ${source}`, ...(before.length < column - 1 ? [] : [`    ${' '.repeat(textWidth(before))}^`])];
}
