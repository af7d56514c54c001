/**
 * Measures the built programs, and prints and writes docs/benchmarks.md.
 *
 *   npm run bench                                   on an embedded cluster, started for this
 *   K8S_CLI_BENCH_KUBECONFIG=FILE npm run bench     on the cluster of a kubeconfig, in namespaces made for this
 *   npx tsx bench/main.ts --quick                   small numbers that mean nothing, printed only
 */

import { parseArgs } from 'node:util';
import { measureConnections } from './measurements/connections.js';
import type { Measurement } from './measurements/measurement.js';
import { measureMemory } from './measurements/memory.js';
import { measureStart } from './measurements/start.js';
import { measureSubmit } from './measurements/submit.js';
import { openCluster } from './support/cluster.js';
import { settingText, tableText, writeSection } from './support/report.js';
import { FULL, QUICK } from './support/sizes.js';

/** In this order: the first ones find no tasks in the namespace yet. */
const MEASUREMENTS: readonly Measurement[] = [measureStart, measureMemory, measureSubmit, measureConnections];

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const sizes = values.quick ? QUICK : FULL;
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort(new Error(signal)));
try {
  const cluster = await openCluster(process.env['K8S_CLI_BENCH_KUBECONFIG'] || undefined, stopping.signal);
  try {
    const parts = [settingText(cluster, sizes)];
    process.stdout.write(`${parts[0]}\n`);
    for (const measure of MEASUREMENTS) {
      const text = tableText(await measure(cluster, sizes, stopping.signal));
      process.stdout.write(`\n${text}\n`);
      parts.push(text);
    }
    if (!values.quick) writeSection(cluster.kind, parts.join('\n\n'));
  } finally {
    await cluster.end(sizes.cleanupMs);
  }
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
