import { bareNode, type Command, commandLine, findKubectl, kubectl } from '../support/command.js';
import { startServer } from '../support/program.js';
import { timeInTurns } from '../support/turns.js';
import type { Measurement } from './measurement.js';

const MAX_HELP_RATIO = 2;
const MAX_LIST_RATIO = 2.5;

/** Time of commands that do little, against Node and kubectl. */
export const measureCommandLine: Measurement = async (cluster, sizes, signal) => {
  const found = await findKubectl(signal);
  const server = await startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal);
  const against = (ours: Command, theirs: Command) => timeInTurns(ours, theirs, sizes.commands, signal);
  try {
    const help = await against(commandLine(cluster, server.says, '--help'), bareNode(cluster));
    const list = await against(
      commandLine(cluster, server.says, 'jobs', 'list'),
      kubectl(cluster, found.program, 'get', 'jobs'),
    );
    return {
      title: 'Commands of the command line',
      about:
        'From the start of a process to its end, its output read by a pipe. The server runs; the command line and kubectl have ' +
        'run before, so that what they keep in the home folder is there. Baselines: node -e 0, and kubectl ' +
        `${found.version} get jobs in the same namespace, which is empty.`,
      rows: [
        {
          what: '--help',
          unit: 'ms',
          ...help,
          target: `ratio at most ${MAX_HELP_RATIO}`,
          met: help.ratio.median <= MAX_HELP_RATIO,
        },
        {
          what: 'jobs list, no tasks',
          unit: 'ms',
          ...list,
          target: `ratio at most ${MAX_LIST_RATIO}`,
          met: list.ratio.median <= MAX_LIST_RATIO,
        },
      ],
    };
  } finally {
    await server.stop();
  }
};
