/**
 * Measures the built programs, and prints and writes docs/benchmarks.md.
 *
 *   npm run bench                                   on an embedded cluster, started for this
 *   K8S_CLI_BENCH_KUBECONFIG=FILE npm run bench     on the cluster of a kubeconfig, in namespaces made for this
 *   npx tsx bench/main.ts --only start --only memory  only these, and only their tables are renewed
 *   npx tsx bench/main.ts --quick                   small numbers that mean nothing, printed only
 */

import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { measureCommandLine } from './measurements/command-line.js';
import { measureConnections } from './measurements/connections.js';
import { measureGateway } from './measurements/gateway.js';
import { measureLongList } from './measurements/long-list.js';
import type { Measurement } from './measurements/measurement.js';
import { measureFullCluster } from './measurements/full-cluster.js';
import { measureLogs } from './measurements/logs.js';
import { measureMemory } from './measurements/memory.js';
import { measureScale } from './measurements/scale.js';
import { measureSlowReaders } from './measurements/slow-readers.js';
import { measureStart } from './measurements/start.js';
import { measureSubmit } from './measurements/submit.js';
import { openCluster } from './support/cluster.js';
import { settingText, tableText, writeTables } from './support/report.js';
import { FULL, QUICK } from './support/sizes.js';

/** By the names that --only takes, and in this order: the first ones find no tasks in the namespace yet, the last ones leave many. */
const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  'command-line': measureCommandLine,
  start: measureStart,
  memory: measureMemory,
  submit: measureSubmit,
  connections: measureConnections,
  gateway: measureGateway,
  'long-list': measureLongList,
  logs: measureLogs,
  'slow-readers': measureSlowReaders,
  scale: measureScale,
  full: measureFullCluster,
};

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true, default: [] } },
});
const sizes = values.quick ? QUICK : FULL;
const stopping = new AbortController();
// Every call that is under way listens for the end.
setMaxListeners(0, stopping.signal);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort(new Error(signal)));
try {
  const chosen = choose(values.only);
  const cluster = await openCluster(process.env['K8S_CLI_BENCH_KUBECONFIG'] || undefined, stopping.signal);
  try {
    const setting = settingText(cluster, sizes);
    const texts: string[] = [];
    for (const measure of chosen) {
      const table = await measure(cluster, sizes, stopping.signal);
      if ('missing' in table) {
        process.stderr.write(`bench: left out, for want of ${table.missing}\n`);
        continue;
      }
      const text = tableText(table, setting);
      process.stdout.write(`\n${text}\n`);
      texts.push(text);
    }
    if (!values.quick) writeTables(cluster.kind, texts, texts.length < Object.keys(MEASUREMENTS).length);
  } finally {
    await cluster.end(sizes.cleanupMs);
  }
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** The measurements of these names, or all of them. Throws for a name that none has. */
function choose(only: readonly string[]): Measurement[] {
  const unknown = only.find((name) => !Object.hasOwn(MEASUREMENTS, name));
  if (unknown !== undefined) {
    throw new Error(`there is no measurement ${unknown}; there are ${Object.keys(MEASUREMENTS).join(', ')}`);
  }
  return Object.entries(MEASUREMENTS).flatMap(([name, measure]) =>
    only.length === 0 || only.includes(name) ? [measure] : [],
  );
}
