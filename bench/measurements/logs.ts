import { type Command, commandLine, findKubectl, kubectl } from '../support/command.js';
import { delaysOf, linesPerSecond } from '../support/log-reader.js';
import { LINE_BYTES, type LoggedTask, printing, startLogging } from '../support/logged-task.js';
import { startServer } from '../support/program.js';
import { quantileOf, ratiosOf, spreadOf } from '../support/statistics.js';
import type { Measurement } from './measurement.js';

const MIN_RATE_RATIO = 0.8;
const MAX_LATER_MS = 5;
const RUNS = 5;
const TICK_MS = 10;

/** The log of a running pod in the command line, against kubectl with the same pod. */
export const measureLogs: Measurement = async (cluster, sizes, signal) => {
  const found = await findKubectl(signal);
  const server = await startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal);
  const k8sCliLogs = ({ taskId }: LoggedTask, ...options: string[]): Command =>
    commandLine(cluster, server.says, 'jobs', 'logs', taskId, ...options);
  const kubectlLogs = ({ pod }: LoggedTask, ...options: string[]): Command =>
    kubectl(cluster, found.program, 'logs', pod, ...options);
  try {
    const full = await startLogging(cluster, server.says, printing(sizes.logLines), `${sizes.logLines}`, signal);
    const ours: number[] = [];
    const baseline: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      baseline.push(await linesPerSecond(kubectlLogs(full), sizes.logLines, signal));
      ours.push(await linesPerSecond(k8sCliLogs(full, '--no-follow'), sizes.logLines, signal));
    }
    const growing = await startLogging(cluster, server.says, TICKING, '', signal);
    const delays: number[] = [];
    const baseDelays: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const [own, others] = await Promise.all([
        delaysOf(k8sCliLogs(growing), sizes.logMs, signal),
        delaysOf(kubectlLogs(growing, '--follow'), sizes.logMs, signal),
      ]);
      delays.push(quantileOf(own, 0.99));
      baseDelays.push(quantileOf(others, 0.99));
    }
    const rates = ratiosOf(ours, baseline);
    const later = spreadOf(delays.map((ms, run) => ms - (baseDelays[run] ?? 0)));
    return {
      title: 'Logs of a running task',
      about:
        `Lines of ${LINE_BYTES} bytes that are there already, ${sizes.logLines} of them: counted from the first that is printed to the last, without the start of ` +
        `the programs. Then how long after it was written a line is printed, one every ${TICK_MS} ms, while both follow the same pod at the same time. ` +
        'k8s-cli: jobs logs, through the server. Baseline: kubectl logs, from the API server.',
      rows: [
        {
          what: 'lines a second',
          unit: '/s',
          ours: spreadOf(ours),
          baseline: spreadOf(baseline),
          ratio: rates,
          target: `ratio at least ${MIN_RATE_RATIO}`,
          met: rates.median >= MIN_RATE_RATIO,
        },
        {
          what: 'delay of a line, p99',
          unit: 'ms',
          ours: spreadOf(delays),
          baseline: spreadOf(baseDelays),
          ratio: ratiosOf(delays, baseDelays),
          target: `at most ${MAX_LATER_MS} ms more`,
          met: later.median <= MAX_LATER_MS,
        },
      ],
    };
  } finally {
    await server.stop();
  }
};

const TICKING = `import time\nwhile True:\n    print(time.time_ns(), flush=True)\n    time.sleep(${TICK_MS / 1000})`;
