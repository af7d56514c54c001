import { didYouMean } from '../did-you-mean.js';
import type { Report } from '../report.js';
import { children, describe, type Spot, type Value } from '../tree.js';

/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/**
 * A field that has its effect. `about` says which, for the hints of editors; `forms` are the accepted ways to write it, as a user
 * would, and `schema` describes them; `read` puts what the value means into the draft, or refuses it.
 */
interface Supported<Draft> {
  verdict: 'supported';
  about: string;
  forms: readonly string[];
  schema: Schema;
  read: (value: Value, report: Report, draft: Draft) => void;
}

/** A field that is accepted without effect; the user is told the reason. */
interface Ignored {
  verdict: 'ignored';
  reason: string;
}

/** A field that makes the task invalid, because leaving it out silently would change what the task does. */
interface Refused {
  verdict: 'refused';
  reason: string;
  fix: string;
}

/** What is to be done about one field of SkyPilot's task file. */
type Field<Draft> = Supported<Draft> | Ignored | Refused;

/** All fields that one mapping may have, and the draft that their values go into. */
export type FieldTable<Draft> = Readonly<Record<string, Field<Draft>>>;

/** A table's entry for a field that works. */
export function supported<Draft>(
  about: string,
  forms: readonly string[],
  schema: Schema,
  read: Supported<Draft>['read'],
): Supported<Draft> {
  return { verdict: 'supported', about, forms, schema, read };
}

/** A table's entry for a field that has no effect here. */
export function ignored(reason: string): Ignored {
  return { verdict: 'ignored', reason };
}

/** A table's entry for a field that cannot be honoured. */
export function refused(reason: string, fix: string): Refused {
  return { verdict: 'refused', reason, fix };
}

/**
 * Reads a mapping by its table into `draft`. A null value counts as a field that is not there. `hints` says what to do about keys
 * that belong elsewhere or come from other tools.
 */
export function readFields<Draft>(
  table: FieldTable<Draft>,
  hints: Readonly<Record<string, string>>,
  value: Value,
  report: Report,
  draft: Draft,
): void {
  const { node, path } = value;
  if (node.kind === 'null') return;
  if (node.kind !== 'map') {
    report.refuse(value, `must be a mapping of fields, not ${describe(node)}`, 'write `field: value` lines');
    return;
  }
  for (const child of children(node, path)) {
    const field = Object.hasOwn(table, child.key) ? table[child.key] : undefined;
    if (field === undefined) report.refuse(child.keySpot, 'unknown field', hint(child.key, table, hints));
    else if (child.node.kind === 'null') continue;
    else if (field.verdict === 'supported') field.read(child, report, draft);
    else if (field.verdict === 'ignored') report.warn(child.keySpot, `ignored: ${field.reason}`);
    else report.refuse(child.keySpot, field.reason, field.fix);
  }
}

function hint<Draft>(key: string, table: FieldTable<Draft>, hints: Readonly<Record<string, string>>): string {
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
  const { node } = value;
  if (node.kind === 'string') return refuseNul(node.value, value, report);
  const nested = node.kind === 'list' || node.kind === 'map' || node.kind === 'null';
  return report.refuse(value, `must be text, not ${describe(node)}`, nested ? 'write one text' : 'put it in quotes');
}

/** The text, unless it holds a NUL, which no program's argument or environment can. */
export function refuseNul(text: string, spot: Spot, report: Report): string | undefined {
  return text.includes('\0') ? report.refuse(spot, 'holds a NUL character', 'remove it') : text;
}
