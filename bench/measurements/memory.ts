import { setTimeout as sleep } from 'node:timers/promises';
import { answers, BARE_NODE, type Program, residentMb, startNode, startServer } from '../support/program.js';
import { ratiosOf, spreadOf } from '../support/statistics.js';
import type { Measurement } from './measurement.js';

const MAX_MB = 120;
/** Programs of each side; all of them are idle at the same time. */
const PROGRAMS = 3;

/** Memory of a server that has nothing to do, against Node's own. */
export const measureMemory: Measurement = async (cluster, sizes, signal) => {
  const programs: Program[] = [];
  const start = async (one: () => Promise<Program>): Promise<Program> => {
    const program = await one();
    programs.push(program);
    await answers(program.says, signal);
    return program;
  };
  try {
    const servers: Program[] = [];
    const nodes: Program[] = [];
    for (let index = 0; index < PROGRAMS; index += 1) {
      servers.push(await start(() => startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal)));
      nodes.push(await start(() => startNode(BARE_NODE, /^at (\S+)/, signal)));
    }
    await sleep(sizes.idleMs, undefined, { signal });
    const ours = servers.map(({ pid }) => residentMb(pid));
    const baseline = nodes.map(({ pid }) => residentMb(pid));
    const used = spreadOf(ours);
    return {
      title: 'Memory of an idle server',
      about:
        `Resident memory ${sizes.idleMs / 1000} s after the first answer of the bundled server, without the cluster. Baseline: Node ` +
        'with an HTTP server that does nothing.',
      rows: [
        {
          what: 'resident memory',
          unit: 'MB',
          ours: used,
          baseline: spreadOf(baseline),
          ratio: ratiosOf(ours, baseline),
          target: `at most ${MAX_MB} MB`,
          met: used.median <= MAX_MB,
        },
      ],
    };
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
};
