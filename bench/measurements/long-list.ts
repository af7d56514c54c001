import { setTimeout as sleep } from 'node:timers/promises';
import { bareSubmitter } from '../support/bare-submitter.js';
import { commandLine, findKubectl, kubectl } from '../support/command.js';
import { callMany } from '../support/load.js';
import { startServer } from '../support/program.js';
import { CALLERS } from '../support/sizes.js';
import { timeInTurns } from '../support/turns.js';
import type { Measurement } from './measurement.js';

const MAX_RATIO = 1;

/** Time to list many tasks, against kubectl with as many Jobs. */
export const measureLongList: Measurement = async (cluster, sizes, signal) => {
  const found = await findKubectl(signal);
  const submitter = await bareSubmitter(cluster.config, cluster.served, () => ({ suspended: true }));
  try {
    await callMany(sizes.listed, CALLERS, () => submitter.submit(), signal);
  } finally {
    await submitter.close();
  }
  const server = await startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal);
  try {
    await sleep(sizes.idleMs, undefined, { signal });
    const list = await timeInTurns(
      commandLine(cluster, server.says, 'jobs', 'list'),
      kubectl(cluster, found.program, 'get', 'jobs'),
      sizes.commands,
      signal,
      (...wrote) => {
        for (const text of wrote) expectRows(text, sizes.listed);
      },
    );
    return {
      title: 'A long list',
      about:
        'From the start of a process to its end, its output read by a pipe. The Jobs are suspended, so that there are no pods. ' +
        `Baseline: kubectl ${found.version} get jobs in the same namespace.`,
      rows: [
        {
          what: `jobs list, ${sizes.listed} tasks`,
          unit: 'ms',
          ...list,
          target: `ratio at most ${MAX_RATIO}`,
          met: list.ratio.median <= MAX_RATIO,
        },
      ],
    };
  } finally {
    await server.stop();
    await cluster.clear(sizes.clearMs, signal);
  }
};

/** Throws unless a list has so many rows below its heading. */
function expectRows(text: string, rows: number): void {
  const found = text.trimEnd().split('\n').length - 1;
  if (found !== rows) throw new Error(`a list of ${rows} has ${found} rows`);
}
