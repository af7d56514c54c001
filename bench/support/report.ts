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
  readonly baseline: Spread;
  /** Ours divided by the baseline, run by run; undefined where the baseline is nothing. */
  readonly ratio: Spread | undefined;
  /** In words. */
  readonly target: string;
  readonly met: boolean;
}

/** The rows of one measurement. */
export interface Table {
  readonly title: string;
  /** What was done on both sides, for readers. */
  readonly about: string;
  readonly rows: readonly Row[];
}

/** Markdown of one table. */
export function tableText(table: Table): string {
  const head = ['| | k8s-cli | baseline | ratio | target | |', '|---|---|---|---|---|---|'];
  const rows = table.rows.map(({ what, unit, ours, baseline, ratio, target, met }) => {
    const cells = [what, spreadText(ours, unit), spreadText(baseline, unit), ratio ? spreadText(ratio, '') : ''];
    return `| ${[...cells, target, met ? 'met' : '**missed**'].join(' | ')} |`;
  });
  return [`### ${table.title}`, '', table.about, '', ...head, ...rows].join('\n');
}

/** Where and how it was measured. */
export function settingText(cluster: BenchCluster, sizes: Sizes): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / 1e9)} GB`;
  const machine = `${availableParallelism()} cores (${model}), ${memory}, ${process.platform}, Node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  return `Cluster: ${cluster.description}. Machine: ${machine}. ${sizes.runs} runs, ${date}.`;
}

/** Replaces the section of a kind of cluster in docs/benchmarks.md. Throws when the document has no such section. */
export function writeSection(kind: string, text: string): void {
  const begin = `<!-- begin ${kind} -->`;
  const end = `<!-- end ${kind} -->`;
  const document = readFileSync(DOCUMENT, 'utf8');
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} has no section "${begin}" … "${end}" to write to`);
  writeFileSync(DOCUMENT, `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`);
}

function spreadText({ median, min, max }: Spread, unit: string): string {
  const value = `${numberText(median)}${unit === '' ? '' : ` ${unit}`}`;
  return min === max ? value : `${value} (${numberText(min)}–${numberText(max)})`;
}

function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
