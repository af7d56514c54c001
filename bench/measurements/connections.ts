import { startCountingProxy, type CountingProxy } from '../support/counting-proxy.js';
import { callMany } from '../support/load.js';
import { startServer } from '../support/program.js';
import { bareSubmitter } from '../support/bare-submitter.js';
import { loadClusterConfig } from '../../server/kubernetes/api/credentials.js';
import { grpcSubmitter } from '../support/grpc-submitter.js';
import type { Submitter } from '../support/bare-submitter.js';
import type { BenchCluster } from '../support/cluster.js';
import { CALLERS, type Sizes } from '../support/sizes.js';
import { ratiosOf, spreadOf } from '../support/statistics.js';
import type { Measurement } from './measurement.js';

/** One for each caller, and a few that stay open for watches and background work. */
const MAX_CONNECTIONS = CALLERS + 16;

/** A count needs fewer runs than a time. */
const RUNS = 3;

/** Connections of one side. */
interface Connections {
  /** Most of them at a time. */
  readonly peak: number;
  /** Opened in each run after the warm-up, divided by its submissions. */
  readonly newPerSubmission: readonly number[];
}

/** Connections that the server holds to the API server under load, against a pool of one for each caller. */
export const measureConnections: Measurement = async (cluster, sizes, signal) => {
  const ours = await throughProxy(cluster, async (proxy) => {
    const server = await startServer(proxy.kubeconfig, cluster.served, cluster.directory, signal);
    const submitter = grpcSubmitter(server.says, 'text');
    try {
      return await count(submitter, proxy, cluster, sizes, signal);
    } finally {
      await submitter.close();
      await server.stop();
    }
  });
  const baseline = await throughProxy(cluster, async (proxy) => {
    const source = { kind: 'kubeconfig', path: proxy.kubeconfig, context: undefined } as const;
    const submitter = await bareSubmitter(loadClusterConfig(source), cluster.bare);
    try {
      return await count(submitter, proxy, cluster, sizes, signal);
    } finally {
      await submitter.close();
    }
  });
  const opened = spreadOf(ours.newPerSubmission);
  return {
    title: 'Connections to the API server',
    about:
      `Counted by a TCP proxy in front of the API server, while ${CALLERS} callers submit tasks. New ones are counted after ` +
      'a warm-up. Those of the server include its watches. Baseline: the two POSTs over a pool with one connection a caller.',
    rows: [
      {
        what: 'most at a time',
        unit: '',
        ours: spreadOf([ours.peak]),
        baseline: spreadOf([baseline.peak]),
        ratio: ratiosOf([ours.peak], [baseline.peak]),
        target: `at most ${MAX_CONNECTIONS}`,
        met: ours.peak <= MAX_CONNECTIONS,
      },
      {
        what: 'new ones a submission',
        unit: '',
        ours: opened,
        baseline: spreadOf(baseline.newPerSubmission),
        ratio: undefined,
        target: 'none',
        met: opened.median === 0,
      },
    ],
  };
};

async function throughProxy<T>(cluster: BenchCluster, work: (proxy: CountingProxy) => Promise<T>): Promise<T> {
  const proxy = await startCountingProxy(cluster);
  try {
    return await work(proxy);
  } finally {
    await proxy.close();
  }
}

async function count(
  submitter: Submitter,
  proxy: CountingProxy,
  cluster: BenchCluster,
  sizes: Sizes,
  signal: AbortSignal,
): Promise<Connections> {
  await callMany(sizes.atOnce, CALLERS, () => submitter.submit(), signal);
  await cluster.clear(sizes.clearMs, signal);
  const newPerSubmission: number[] = [];
  for (let run = 0; run < Math.min(RUNS, sizes.runs); run += 1) {
    const before = proxy.opened();
    await callMany(sizes.atOnce, CALLERS, () => submitter.submit(), signal);
    newPerSubmission.push((proxy.opened() - before) / sizes.atOnce);
    await cluster.clear(sizes.clearMs, signal);
  }
  return { peak: proxy.peak(), newPerSubmission };
}
