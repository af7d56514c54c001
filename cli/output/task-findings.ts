import type { Violation } from '../../taskfile/task-spec.js';
import { optionOf } from '../override-names.js';
import { placeIn, sourceLines } from './place.js';
import { type Cell, type Column, formatTable, type Layout, printable } from './table.js';

/** Something that is wrong with a task file. */
export interface Problem extends Omit<Violation, 'field'> {
  readonly severity: 'error' | 'warning';
  readonly field: string;
}

/** What was found in one file, as -o json has it. */
export interface Finding {
  readonly file: string;
  readonly valid: boolean;
  readonly problems: readonly Problem[];
}

/** The problems of files where they are, with the line of the file; of a file without any, that it is so. */
export function formatFindings(findings: readonly Finding[], layout: Layout): string {
  return findings.flatMap((finding) => linesOf(finding, layout)).join('');
}

function linesOf({ file, problems }: Finding, { style }: Layout): readonly string[] {
  if (problems.length === 0) return [`${file}: ${style('green', 'ok')}\n`];
  return problems.flatMap(({ severity, field, message, fix, line, column = 1, source }) => {
    const at = line === undefined ? undefined : { line, column };
    const label = severity === 'warning' ? `${style('yellow', 'warning:')} ` : '';
    const name = nameOf(field);
    const words = [name === '' ? '' : `${name}: `, message, fix === undefined ? '' : `; ${fix}`].join('');
    const lines = [`${placeIn(file, at)}: ${label}${printable(words)}`, ...sourceLines(source, column)];
    return lines.map((text) => `${text}\n`);
  });
}

const COLUMNS: readonly Column[] = ['FILE', 'LINE', 'COLUMN', 'STATUS', 'FIELD', 'FOUND', 'TO REPAIR'].map(
  (heading) => ({ heading }),
);

/** The same as a table, one line for each problem. */
export function formatFindingTable(findings: readonly Finding[], layout: Layout): string {
  return formatTable(COLUMNS, findings.flatMap(rowsOf), layout);
}

function rowsOf({ file, problems }: Finding): readonly (readonly Cell[])[] {
  if (problems.length === 0) return [[file, '-', '-', { text: 'ok', paint: 'green' }, '', '', '']];
  return problems.map(({ severity, field, message, fix = '', line, column }) => [
    file,
    String(line ?? '-'),
    String(column ?? '-'),
    { text: severity, paint: severity === 'error' ? 'red' : 'yellow' },
    nameOf(field),
    message,
    fix,
  ]);
}

/** What is wrong with an option is told by the option's name. */
function nameOf(field: string): string {
  return optionOf(field) ?? field;
}
