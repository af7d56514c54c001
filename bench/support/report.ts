/** Results as tables: printed, and written into their section of docs/benchmarks.md. */

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { BenchCluster } from './cluster.js';
import type { Sizes } from './sizes.js';
import type { Spread } from './statistics.js';

const DOCUMENT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** One thing that was measured on both sides. */
export interface Row {
  readonly what: string;
  /** Of the value and the baseline, for example ms. */
  readonly unit: string;
  readonly ours: Spread;
  /** Undefined where there is nothing to compare with. */
  readonly baseline: Spread | undefined;
  /** Ours divided by the baseline, run by run; undefined where the baseline is nothing, or there is none. */
  readonly ratio: Spread | undefined;
  /** In words; empty where the row only explains others. */
  readonly target: string;
  /** Undefined where there is no target. */
  readonly met: boolean | undefined;
}

/** The rows of one measurement. */
export interface Table {
  readonly title: string;
  /** What was done on both sides, for readers. */
  readonly about: string;
  readonly rows: readonly Row[];
}

/** Markdown of one table, with where and how it was measured. */
export function tableText(table: Table, setting: string): string {
  const head = ['| | k8s-cli | baseline | ratio | target | |', '|---|---|---|---|---|---|'];
  const rows = table.rows.map(({ what, unit, ours, baseline, ratio, target, met }) => {
    const cells = [
      what,
      spreadText(ours, unit),
      baseline ? spreadText(baseline, unit) : '',
      ratio ? spreadText(ratio, '') : '',
    ];
    const verdict = met === undefined ? '' : met ? 'met' : '**missed**';
    return `| ${[...cells, target, verdict].join(' | ')} |`;
  });
  return [`### ${table.title}`, '', table.about, '', ...head, ...rows, '', setting].join('\n');
}

/** Where and how it was measured. */
export function settingText(cluster: BenchCluster, sizes: Sizes): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / 1e9)} GB`;
  const machine = `${coresText()} (${model}), ${memory}, ${process.platform}, Node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  return `Cluster: ${cluster.description}. Machine: ${machine}. ${sizes.runs} runs, ${date}.`;
}

/** How many cores there are, and how many of them the programs that are measured, and this one, may use: `taskset` may have said. */
function coresText(): string {
  const [all, own] = [cpus().length, availableParallelism()];
  return own < all ? `${all} cores, ${own} of them for what is measured and what measures` : `${all} cores`;
}

/**
 * Writes tables into the section of a kind of cluster in docs/benchmarks.md: instead of all that is there, or, where `keepOthers`,
 * of the tables with the same titles. Throws when the document has no such section.
 */
export function writeTables(kind: string, tables: readonly string[], keepOthers: boolean): void {
  const begin = `<!-- begin ${kind} -->`;
  const end = `<!-- end ${kind} -->`;
  const document = readFileSync(DOCUMENT, 'utf8');
  const from = document.indexOf(begin) + begin.length;
  const to = document.indexOf(end);
  if (from < begin.length || to < from) throw new Error(`${DOCUMENT} has no section "${begin}" … "${end}" to write to`);
  const before = keepOthers ? tablesIn(document.slice(from, to)) : new Map<string, string>();
  const after = new Map([...before, ...tablesIn(tables.join('\n\n'))]);
  writeFileSync(DOCUMENT, `${document.slice(0, from)}\n\n${[...after.values()].join('\n\n')}\n\n${document.slice(to)}`);
}

/** Tables by their titles. */
function tablesIn(text: string): Map<string, string> {
  const tables = text.split(/^(?=### )/m).filter((part) => part.startsWith('### '));
  return new Map(tables.map((table) => [table.slice(0, table.indexOf('\n')), table.trim()]));
}

function spreadText({ median, min, max }: Spread, unit: string): string {
  const value = `${numberText(median)}${unit === '' ? '' : ` ${unit}`}`;
  return min === max ? value : `${value} (${numberText(min)}–${numberText(max)})`;
}

function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
