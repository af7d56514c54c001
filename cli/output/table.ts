import { type Paint, PLAIN, type Style } from './style.js';
import { cutText, textWidth, wrapText } from './text-width.js';

/** Text on one line and without control characters: what a cluster says must not be able to drive a terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/** For whom a table is laid out. */
export interface Layout {
  /** False: values as they are, separated by tabs. */
  readonly terminal: boolean;
  /** Columns of the terminal; undefined leaves nothing out, so that long lines wrap. */
  readonly width: number | undefined;
  readonly style: Style;
  /** False leaves the headings out. */
  readonly heading?: boolean;
}

/** The layout of what is read by a program. */
export const TAB_SEPARATED: Layout = { terminal: false, width: undefined, style: PLAIN };

/** A column of a table, and what becomes of it where the terminal is narrow. */
export interface Column {
  readonly heading: string;
  /** It may be cut to so many characters. */
  readonly shrinkTo?: number;
  /** It may be left out, those with the smallest number first. */
  readonly dropRank?: number;
  /** It is left out before any other one is cut. */
  readonly spare?: boolean;
}

/** A value, perhaps in a colour. */
export type Cell = string | { readonly text: string; readonly paint: Paint | undefined };

const GAP = '  ';
/** Values that are wrapped get at least so many columns; in less they are no longer readable. */
const MIN_WRAP = 20;

/** Lays out a heading and rows, one line each. On a terminal the columns are aligned and fit its width. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], layout: Layout): string {
  const heading = columns.map(({ heading }): Cell => heading);
  const cells = (layout.heading === false ? rows : [heading, ...rows]).map((row) =>
    row.map((cell) => (typeof cell === 'string' ? { text: printable(cell), paint: undefined } : cleaned(cell))),
  );
  if (!layout.terminal) return cells.map((row) => `${row.map(({ text }) => text).join('\t')}\n`).join('');
  const natural = columns.map((_, index) => Math.max(0, ...cells.map((row) => textWidth(row[index]?.text ?? ''))));
  const widths = layout.width === undefined ? natural : fit(columns, natural, layout.width);
  return cells.map((row) => `${formatRow(row, widths, layout)}\n`).join('');
}

function cleaned({ text, paint }: Exclude<Cell, string>): Exclude<Cell, string> {
  return { text: printable(text), paint };
}

function formatRow(
  row: readonly Exclude<Cell, string>[],
  widths: readonly (number | undefined)[],
  { style, width }: Layout,
): string {
  const shown = row.flatMap(({ text, paint }, index) => {
    const columns = widths[index];
    return columns === undefined ? [] : [{ text: cutText(text, columns), paint, columns }];
  });
  while (shown.at(-1)?.text === '') shown.pop();
  // Not even the columns that always stay may fit.
  const plain = shown.map(({ text, columns }, index) => (index === shown.length - 1 ? text : pad(text, columns)));
  const line = plain.join(GAP);
  if (width !== undefined && textWidth(line) > width) return cutText(line, width);
  return shown.map(({ text, paint }, index) => style(paint, text) + (plain[index] ?? '').slice(text.length)).join(GAP);
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** Widths of the columns in a line of so many characters; undefined for those that are left out. */
function fit(columns: readonly Column[], natural: readonly number[], width: number): (number | undefined)[] {
  const shown = new Set(columns.keys());
  const total = (widthOf: (index: number) => number): number =>
    [...shown].reduce((sum, index) => sum + widthOf(index), 0) + GAP.length * (shown.size - 1);
  const narrowest = (index: number): number =>
    Math.min(natural[index] ?? 0, columns[index]?.shrinkTo ?? Number.POSITIVE_INFINITY);
  const droppable = [...columns.entries()]
    .filter(([, { dropRank }]) => dropRank !== undefined)
    .toSorted(([, a], [, b]) => (a.dropRank ?? 0) - (b.dropRank ?? 0));
  for (const [index] of droppable) {
    const needed = columns[index]?.spare ? total((one) => natural[one] ?? 0) : total(narrowest);
    if (needed <= width) break;
    shown.delete(index);
  }
  const widths = columns.map((_, index) => (shown.has(index) ? natural[index] : undefined));
  let excess = total((index) => natural[index] ?? 0) - width;
  for (const index of [...shown].toReversed()) {
    const spare = Math.max(0, Math.min(excess, (natural[index] ?? 0) - narrowest(index)));
    widths[index] = (natural[index] ?? 0) - spare;
    excess -= spare;
  }
  return widths;
}

/** Columns for text that is wrapped behind so many others; without a width it is not wrapped. */
export function roomBehind(indent: number, width: number | undefined): number {
  return width === undefined ? Number.POSITIVE_INFINITY : Math.max(MIN_WRAP, width - indent);
}

/** Lays out `label: value` lines; values that are empty are left out. On a terminal they are aligned and wrapped. */
export function formatFields(
  fields: readonly (readonly [label: string, value: Cell])[],
  { terminal, width, style }: Layout,
): string {
  const shown = fields
    .map(([label, value]) => ({
      label,
      ...cleaned(typeof value === 'string' ? { text: value, paint: undefined } : value),
    }))
    .filter(({ text }) => text !== '');
  if (!terminal) return shown.map(({ label, text }) => `${label}:\t${text}\n`).join('');
  const indent = Math.max(0, ...shown.map(({ label }) => label.length + 1)) + GAP.length;
  const room = roomBehind(indent, width);
  return shown
    .map(({ label, text, paint }) => {
      const lines = wrapText(text, room).map((line) => style(paint, line));
      return `${`${label}:`.padEnd(indent)}${lines.join(`\n${' '.repeat(indent)}`)}\n`;
    })
    .join('');
}
