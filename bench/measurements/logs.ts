import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../client/client.js';
import { TaskSpec, TaskState } from '../../gen/k8scli/v1/task.js';
import { pathsOf } from '../../server/kubernetes/paths.js';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/transport.js';
import type { BenchCluster } from '../support/cluster.js';
import { delaysOf, k8sCliLogs, kubectlLogs, linesPerSecond, type LoggedTask } from '../support/log-reader.js';
import { startServer } from '../support/program.js';
import { quantileOf, ratiosOf, spreadOf } from '../support/statistics.js';
import { USER } from '../support/task.js';
import type { Measurement } from './measurement.js';

const MIN_RATE_RATIO = 0.8;
const MAX_LATER_MS = 5;
const RUNS = 5;
const LOOK_AGAIN_MS = 200;
const LINE_BYTES = 100;
const TICK_MS = 10;

/** The log of a running pod in the command line, against kubectl with the same pod. */
export const measureLogs: Measurement = async (cluster, sizes, signal) => {
  const server = await startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal);
  try {
    const full = await submit(cluster, server.says, printing(sizes.logLines), `${sizes.logLines}`, signal);
    const ours: number[] = [];
    const baseline: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      baseline.push(await linesPerSecond(kubectlLogs(full, false), sizes.logLines, signal));
      ours.push(await linesPerSecond(k8sCliLogs(full, false), sizes.logLines, signal));
    }
    const growing = await submit(cluster, server.says, TICKING, '', signal);
    const delays: number[] = [];
    const baseDelays: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const [own, others] = await Promise.all([
        delaysOf(k8sCliLogs(growing, true), sizes.logMs, signal),
        delaysOf(kubectlLogs(growing, true), sizes.logMs, signal),
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

function printing(lines: number): string {
  const text = `"%0${LINE_BYTES - 1}d\\n" % number`;
  return `import sys, time\nfor number in range(1, ${lines} + 1): sys.stdout.write(${text})\nsys.stdout.flush()\ntime.sleep(3600)`;
}

const TICKING = `import time\nwhile True:\n    print(time.time_ns(), flush=True)\n    time.sleep(${TICK_MS / 1000})`;

/** Submits a task that runs a Python program, and waits until its log ends with the text. */
async function submit(
  cluster: BenchCluster,
  url: string,
  program: string,
  lastText: string,
  signal: AbortSignal,
): Promise<LoggedTask> {
  const client = createClient({ url, user: USER });
  const kubernetes = createKubeClient(cluster.config);
  try {
    const task = { name: 'logs', numNodes: 1, run: `exec python3 -c '${program}'` };
    const { taskId } = await client.submitTask({ task: TaskSpec.fromPartial(task) });
    for (;;) {
      const { nodes } = await client.getTask(taskId);
      const pod = nodes[0]?.podName ?? '';
      const path = `${pathsOf(cluster.served).pods}/${pod}/log`;
      const text = nodes[0]?.state === TaskState.RUNNING ? await lastLine(kubernetes, path, signal) : '';
      if (text !== '' && text.endsWith(lastText)) {
        const home = mkdtempSync(join(cluster.directory, 'home-'));
        return {
          server: url,
          user: USER,
          taskId,
          kubeconfig: cluster.kubeconfig,
          namespace: cluster.served,
          pod,
          home,
        };
      }
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  } finally {
    client.close();
    await kubernetes.close();
  }
}

async function lastLine(kubernetes: KubeClient, path: string, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await kubernetes.stream({ path, query: { tailLines: 1 }, signal })) chunks.push(chunk);
  return Buffer.concat(chunks).toString().trim();
}
