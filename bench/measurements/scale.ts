import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createClient } from '../../client/client.js';
import { ListTasksRequest } from '../../gen/k8scli/v1/task_service.js';
import { createKubeClient } from '../../server/kubernetes/api/client.js';
import { type Apart, startApart } from '../support/apart.js';
import { CHANGES_PER_SECOND } from '../support/changes.js';
import type { BenchCluster } from '../support/cluster.js';
import { callMany } from '../support/load.js';
import { isSimulated, ManyTasks, TASKS_OF_A_USER } from '../support/many-tasks.js';
import { answers, type Program, processorMs, residentMb, startServer } from '../support/program.js';
import type { Sizes } from '../support/sizes.js';
import { medianOf, quantileOf, ratiosOf, spreadOf } from '../support/statistics.js';
import type { Measurement } from './measurement.js';
import type { Row } from '../support/report.js';

const MAX_PAGE_MS = 5;
const MAX_MB = 250;
const MAX_READY_MS = 3000;
/** Of what is to cost the same whatever else there is. */
const MAX_GROWTH = 1.25;
const PAGE = 100;
const RUNS = 3;

const run = promisify(execFile);

/** Changes pods for so many milliseconds, and tells how many it has changed. */
type Changer = Apart<number, number>;

/** How a page is asked for. */
type Way = 'rest' | 'grpc';

/** What was measured with one number of tasks, one value a run. */
interface Figures {
  readonly pageMs: Readonly<Record<Way, number[]>>;
  readonly kubectlMs: number[];
  readonly ownMs: number[];
  readonly cpuMs: number[];
  readonly residentMb: number[];
  readonly readyMs: number[];
}

/** A server with many tasks that change, against itself with few, and against kubectl. */
export const measureScale: Measurement = async (cluster, sizes, signal) => {
  const client = createKubeClient(cluster.config);
  try {
    const simulated = await isSimulated(client, signal);
    const factor = simulated ? 1 : 0.1;
    const [few, many] = [Math.ceil(sizes.fewTasks * factor), Math.ceil(sizes.manyTasks * factor)];
    const tasks = new ManyTasks(cluster, client, simulated);
    await tasks.grow(few, signal);
    const before = await figures(cluster, tasks, [], sizes, signal);
    await tasks.grow(many, signal);
    const after = await figures(cluster, tasks, ['rest', 'grpc'], sizes, signal);
    const own = ratiosOf(after.ownMs, before.ownMs);
    // A change takes so little that single runs tell nothing.
    const cpu = ratiosOf([medianOf(after.cpuMs)], [medianOf(before.cpuMs)]);
    const page = (way: Way, named: string): Row => {
      const ours = spreadOf(after.pageMs[way]);
      return {
        what: `page of ${PAGE} of everybody's, ${named}, p99`,
        unit: 'ms',
        ours,
        baseline: spreadOf(after.kubectlMs),
        ratio: ratiosOf(after.pageMs[way], after.kubectlMs),
        target: `at most ${MAX_PAGE_MS} ms`,
        met: ours.median <= MAX_PAGE_MS,
      };
    };
    const memory = spreadOf(after.residentMb);
    const ready = spreadOf(after.readyMs);
    return {
      title: 'Many tasks',
      about:
        `${many} tasks of one node, each with its record, its Job and its pod${simulated ? ' on simulated nodes' : ''}, while the status of ` +
        `${CHANGES_PER_SECOND} pods a second changes: a process beside the cluster changes them, as kubelets would. Pages are asked for one ` +
        'after the other, over REST by an HTTP client and over gRPC by an HTTP/2 client, in a process of its own beside the server that ' +
        'hardly collects garbage; they count when the server has told them under these changes for a while. Baseline of a page: kubectl get jobs in ' +
        'the same namespace, under the same changes, right after it: at the same time each would measure how much of the machine the other takes. ' +
        `Baseline of everything else: the same with ${few} tasks. The processor time is that of the server ` +
        'with changes less that without, and nobody asks it anything meanwhile; a restart is measured as above, when the cluster has come to rest.',
      rows: [
        page('rest', 'REST'),
        page('grpc', 'gRPC'),
        {
          what: `the ${TASKS_OF_A_USER} of one user, p50`,
          unit: 'ms',
          ours: spreadOf(after.ownMs),
          baseline: spreadOf(before.ownMs),
          ratio: own,
          target: `ratio at most ${MAX_GROWTH}`,
          met: own.median <= MAX_GROWTH,
        },
        {
          what: 'processor time of a change',
          unit: 'ms',
          ours: spreadOf(after.cpuMs),
          baseline: spreadOf(before.cpuMs),
          ratio: cpu,
          target: `ratio at most ${MAX_GROWTH}`,
          met: cpu.median <= MAX_GROWTH,
        },
        {
          what: 'resident memory',
          unit: 'MB',
          ours: memory,
          baseline: spreadOf(before.residentMb),
          ratio: ratiosOf(after.residentMb, before.residentMb),
          target: `below ${MAX_MB} MB`,
          met: memory.max < MAX_MB,
        },
        {
          what: 'restart to first answer',
          unit: 'ms',
          ours: ready,
          baseline: spreadOf(before.readyMs),
          ratio: ratiosOf(after.readyMs, before.readyMs),
          target: `at most ${MAX_READY_MS} ms`,
          met: ready.median <= MAX_READY_MS,
        },
      ],
    };
  } finally {
    await client.close();
  }
};

async function figures(
  cluster: BenchCluster,
  tasks: ManyTasks,
  ways: readonly Way[],
  sizes: Sizes,
  signal: AbortSignal,
): Promise<Figures> {
  const found: Figures = {
    pageMs: { rest: [], grpc: [] },
    kubectlMs: [],
    ownMs: [],
    cpuMs: [],
    residentMb: [],
    readyMs: [],
  };
  const where = [cluster.kubeconfig, cluster.served];
  const changer: Changer = await startApart('change-pods', where, 'with the cluster', signal);
  try {
    for (let count = 0; count < RUNS; count += 1) {
      const beganMs = performance.now();
      const server = await startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal);
      try {
        await answers(server.says, signal);
        found.readyMs.push(performance.now() - beganMs);
        for (const way of ways) {
          found.pageMs[way].push(await pages(server, tasks.user, way, changer, sizes.changingMs, signal));
        }
        const [kubectlMs] = await Promise.all([kubectlGetJobs(cluster, signal), changer.ask(sizes.changingMs)]);
        found.kubectlMs.push(kubectlMs);
        found.ownMs.push(await ownTasks(server, tasks.user, signal));
        found.cpuMs.push(await processorTime(server, changer, sizes.changingMs, signal));
        found.residentMb.push(residentMb(server.pid));
      } finally {
        await server.stop();
      }
    }
  } finally {
    changer.stop();
  }
  return found;
}

/** p99 of the time of a page while tasks change, in milliseconds. */
async function pages(
  server: Program,
  user: string,
  way: Way,
  changer: Changer,
  forMs: number,
  signal: AbortSignal,
): Promise<number> {
  const args = [server.says, user, String(PAGE), way];
  const reader = await startApart<number, number[]>('read-pages', args, 'here', signal);
  try {
    // Twice: what handles changes is compiled in the first half.
    const under = async (): Promise<number[]> =>
      (await Promise.all([reader.ask(2 * forMs), changer.ask(2 * forMs)]))[0];
    await under();
    return quantileOf(await under(), 0.99);
  } finally {
    reader.stop();
  }
}

/** Median of the time of a list of one user's tasks, in milliseconds. */
async function ownTasks(server: Program, user: string, signal: AbortSignal): Promise<number> {
  const client = createClient({ url: server.says, user });
  try {
    const request = ListTasksRequest.fromPartial({});
    const { latenciesMs } = await callMany(
      500,
      1,
      async () => {
        const { tasks } = await client.listTasks(request, { signal });
        if (tasks.length !== TASKS_OF_A_USER) throw new Error(`${user} has ${tasks.length} tasks`);
      },
      signal,
    );
    return medianOf(latenciesMs);
  } finally {
    client.close();
  }
}

async function kubectlGetJobs(cluster: BenchCluster, signal: AbortSignal): Promise<number> {
  const words = ['--kubeconfig', cluster.kubeconfig, '--namespace', cluster.served, 'get', 'jobs'];
  const beganMs = performance.now();
  await run(process.env['K8S_CLI_KUBECTL'] ?? 'kubectl', words, { signal, maxBuffer: 1 << 28 });
  return performance.now() - beganMs;
}

/** Processor time of the server for one change, in milliseconds, without that which it needs when nothing changes. */
async function processorTime({ pid }: Program, changer: Changer, forMs: number, signal: AbortSignal): Promise<number> {
  const start = processorMs(pid);
  await sleep(forMs, undefined, { signal });
  const idle = processorMs(pid);
  const changes = await changer.ask(forMs);
  return Math.max(0, processorMs(pid) - idle - (idle - start)) / changes;
}
