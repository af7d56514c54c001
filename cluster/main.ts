import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from './cluster.js';

const usage = 'usage: node cluster/main.js --data-dir DIR [--port N] [--idle-exit SECONDS]';

interface Arguments {
  dataDir: string;
  port: number;
  /** Seconds; undefined means that the cluster runs until it is ended. */
  idleExit: number | undefined;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: { 'data-dir': { type: 'string' }, port: { type: 'string' }, 'idle-exit': { type: 'string' } },
  });
  const { 'data-dir': dataDir, port = '0', 'idle-exit': idleExit } = values;
  if (dataDir === undefined || dataDir === '') throw new Error(`--data-dir is missing; ${usage}`);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) throw new Error(`--port ${port} is no port; ${usage}`);
  if (idleExit !== undefined && !/^\d{1,9}$/.test(idleExit)) {
    throw new Error(`--idle-exit ${idleExit} is no number of seconds; ${usage}`);
  }
  return {
    dataDir: resolve(dataDir),
    port: Number(port),
    idleExit: idleExit === undefined ? undefined : Number(idleExit),
  };
}

async function main(): Promise<void> {
  // Whoever started this may be gone, and with it the other end of its outputs: that is no reason to fail.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const { dataDir, port, idleExit } = readArguments();
  const ending = new AbortController();
  const asked = once(ending.signal, 'abort');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ending.abort());
  const cluster = await startCluster({ dataDir, port });
  process.stdout.write(`ready ${cluster.kubeconfig}\n`);
  await (idleExit === undefined ? asked : cluster.activity.idleFor(idleExit, ending.signal));
  await cluster.stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`k8s-cli cluster: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
