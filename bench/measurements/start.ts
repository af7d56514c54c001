import { answers, BARE_NODE, type Program, startNode, startServer } from '../support/program.js';
import { ratiosOf, spreadOf } from '../support/statistics.js';
import type { Measurement } from './measurement.js';

const MAX_MS = 1000;

/** Time from the start of the server's process to the answer to its first request, against Node's own. */
export const measureStart: Measurement = async (cluster, sizes, signal) => {
  const toAnswer = async (start: () => Promise<Program>): Promise<number> => {
    const beganMs = performance.now();
    const program = await start();
    try {
      await answers(program.says, signal);
      return performance.now() - beganMs;
    } finally {
      await program.stop();
    }
  };
  const server = (): Promise<number> =>
    toAnswer(() => startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal));
  const node = (): Promise<number> => toAnswer(() => startNode(BARE_NODE, /^at (\S+)/, signal));
  // The first ones read the programs from the disk.
  await server();
  await node();
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let run = 0; run < sizes.starts; run += 1) {
    ours.push(await server());
    baseline.push(await node());
  }
  const taken = spreadOf(ours);
  return {
    title: 'Start of the server',
    about:
      'From the start of the process until GET / is answered, the cluster running already and its first picture read. ' +
      'Baseline: Node with an HTTP server that does nothing.',
    rows: [
      {
        what: 'start to first answer',
        unit: 'ms',
        ours: taken,
        baseline: spreadOf(baseline),
        ratio: ratiosOf(ours, baseline),
        target: `at most ${MAX_MS} ms`,
        met: taken.median <= MAX_MS,
      },
    ],
  };
};
