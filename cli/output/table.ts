/** Text on one line and without control characters: what a cluster says must not be able to drive a terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/**
 * Lays rows out in columns, two spaces apart, each line ended by a newline. With `width`, longer lines are cut; meant for a
 * terminal, with the least important column last. The first row is the heading.
 */
export function formatTable(rows: readonly (readonly string[])[], width?: number): string {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, length(cell));
  }
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - length(cell)),
      )
      .join('  '),
  );
  return lines.map((line) => `${cut(line.trimEnd(), width)}\n`).join('');
}

/** Lays out `label: value` lines with the values aligned; values that are empty are left out. */
export function formatFields(fields: readonly (readonly [label: string, value: string])[]): string {
  const shown = fields.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([label]) => label.length + 1));
  return shown.map(([label, value]) => `${`${label}:`.padEnd(width)}  ${printable(value)}\n`).join('');
}

function cut(line: string, width: number | undefined): string {
  if (width === undefined || length(line) <= width) return line;
  return `${Array.from(line)
    .slice(0, Math.max(1, width - 1))
    .join('')}…`;
}

function length(text: string): number {
  return Array.from(text).length;
}
