import { didYouMean } from '../did-you-mean.js';
import type { Report } from '../report.js';
import { children, describe, type TreeNode, type Value } from '../tree.js';

/** Turns a field's value into what the task means by it; undefined after a refusal, or when nothing is meant. */
export type Read<T> = (value: Value, report: Report) => T | undefined;

/** A field that has its effect. `forms` are the accepted ways to write it, as a user would. */
export interface Supported<T> {
  verdict: 'supported';
  forms: readonly string[];
  read: Read<T>;
}

/** A field that is accepted without effect; the user is told the reason. */
export interface Ignored {
  verdict: 'ignored';
  reason: string;
}

/** A field that makes the task invalid, because leaving it out silently would change what the task does. */
export interface Refused {
  verdict: 'refused';
  reason: string;
  fix: string | undefined;
}

/** What is to be done about one field of SkyPilot's task file. */
export type Field<T> = Supported<T> | Ignored | Refused;

/** All fields that one mapping may have. */
export type FieldTable = Readonly<Record<string, Field<unknown>>>;

/** What the supported fields of a table give. */
export type FieldValues<Table extends FieldTable> = {
  [Name in keyof Table as Table[Name] extends Supported<unknown> ? Name : never]?: Table[Name] extends Supported<
    infer T
  >
    ? T
    : never;
};

/** A table's entry for a field that works. */
export function supported<T>(forms: readonly string[], read: Read<T>): Supported<T> {
  return { verdict: 'supported', forms, read };
}

/** A table's entry for a field that has no effect here. */
export function ignored(reason: string): Ignored {
  return { verdict: 'ignored', reason };
}

/** A table's entry for a field that cannot be honoured. */
export function refused(reason: string, fix?: string): Refused {
  return { verdict: 'refused', reason, fix };
}

/**
 * Reads a mapping by its table. A null value counts as a field that is not there. `hints` says what to do about keys that belong
 * elsewhere or come from other tools.
 */
export function readFields<Table extends FieldTable>(
  table: Table,
  hints: Readonly<Record<string, string>>,
  value: Value,
  report: Report,
): FieldValues<Table> {
  const values: Record<string, unknown> = {};
  if (value.node.kind === 'null') return values as FieldValues<Table>;
  if (value.node.kind !== 'map') {
    report.refuse(
      { path: value.path, at: value.node.at },
      `must be a mapping of fields, not ${describe(value.node)}`,
      'write `field: value` lines',
    );
    return values as FieldValues<Table>;
  }
  for (const child of children(value.node, value.path)) {
    const spot = { path: child.path, at: child.keyAt };
    const field = Object.hasOwn(table, child.key) ? table[child.key] : undefined;
    if (field === undefined) {
      report.refuse(spot, 'unknown field', hint(child.key, table, hints));
    } else if (child.node.kind === 'null') {
      continue;
    } else if (field.verdict === 'supported') {
      const read = field.read(child, report);
      if (read !== undefined) values[child.key] = read;
    } else if (field.verdict === 'ignored') {
      report.warn(spot, `ignored: ${field.reason}`);
    } else {
      report.refuse(spot, field.reason, field.fix);
    }
  }
  return values as FieldValues<Table>;
}

function hint(key: string, table: FieldTable, hints: Readonly<Record<string, string>>): string {
  const known = Object.hasOwn(hints, key) ? hints[key] : undefined;
  if (known !== undefined) return known;
  const names = Object.keys(table);
  const usable = names.filter((name) => table[name]?.verdict !== 'refused');
  const similar = didYouMean(key, usable) ?? didYouMean(key, names);
  if (similar !== undefined) return `did you mean ${similar}?`;
  const working = names.filter((name) => table[name]?.verdict === 'supported');
  return `the fields here are ${working.join(', ')}`;
}

/** The value if it is a string; otherwise refuses it and says what to write instead. */
export function readString(value: Value, report: Report): string | undefined {
  const { node, path } = value;
  if (node.kind === 'string') {
    if (!node.value.includes('\0')) return node.value;
    report.refuse({ path, at: node.at }, 'holds a NUL character');
    return undefined;
  }
  const scalar: TreeNode['kind'][] = ['bool', 'int', 'float', 'date'];
  report.refuse(
    { path, at: node.at },
    `must be text, not ${describe(node)}`,
    scalar.includes(node.kind) ? `put it in quotes: "${describe(node)}"` : 'write one text',
  );
  return undefined;
}
