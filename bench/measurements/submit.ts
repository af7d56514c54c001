import { bareSubmitter, type Submitter } from '../support/bare-submitter.js';
import type { BenchCluster } from '../support/cluster.js';
import { callMany } from '../support/load.js';
import { startServer } from '../support/program.js';
import type { Row } from '../support/report.js';
import { serverSubmitter } from '../support/server-submitter.js';
import { CALLERS, type Sizes } from '../support/sizes.js';
import { medianOf, ratiosOf, spreadOf } from '../support/statistics.js';
import type { Measurement } from './measurement.js';

const MAX_LATENCY_RATIO = 1.15;
const MIN_RATE_RATIO = 0.9;
/** So many submissions of one side follow each other before it is the other side's turn. */
const BLOCK = 10;

interface Sides {
  readonly ours: Submitter;
  readonly baseline: Submitter;
}

/** Submission of a task of one node through the server, against what it cannot do without. */
export const measureSubmit: Measurement = async (cluster, sizes, signal) => {
  const server = await startServer(cluster.kubeconfig, cluster.served, signal);
  const sides = {
    ours: serverSubmitter(server.says),
    baseline: await bareSubmitter(cluster.config, cluster.bare),
  };
  try {
    for (const side of turns(0)) await callMany(sizes.warmUp, CALLERS, () => sides[side].submit(), signal);
    await cluster.clear(sizes.clearMs, signal);
    return {
      title: 'Submitting a task of one node',
      about:
        'k8s-cli: gRPC from the typed client over one connection, through the server. Baseline: the same two POSTs, of the ' +
        'record and of the Job, straight to the API server over kept-alive connections, in a namespace that the server ' +
        'does not watch. The two sides take turns within each run; before the next one the tasks are deleted.',
      rows: [await latency(sides, cluster, sizes, signal), await rate(sides, cluster, sizes, signal)],
    };
  } finally {
    await Promise.all([sides.ours.close(), sides.baseline.close()]);
    await server.stop();
  }
};

async function latency(sides: Sides, cluster: BenchCluster, sizes: Sizes, signal: AbortSignal): Promise<Row> {
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let run = 0; run < sizes.runs; run += 1) {
    const of = { ours: [] as number[], baseline: [] as number[] };
    for (let done = 0; done < sizes.inTurn; done += BLOCK) {
      for (const side of turns(done / BLOCK)) {
        const { latenciesMs } = await callMany(
          Math.min(BLOCK, sizes.inTurn - done),
          1,
          () => sides[side].submit(),
          signal,
        );
        of[side].push(...latenciesMs);
      }
    }
    await cluster.clear(sizes.clearMs, signal);
    ours.push(medianOf(of.ours));
    baseline.push(medianOf(of.baseline));
  }
  const ratio = ratiosOf(ours, baseline);
  return {
    what: 'p50, 1 caller',
    unit: 'ms',
    ours: spreadOf(ours),
    baseline: spreadOf(baseline),
    ratio,
    target: `ratio at most ${MAX_LATENCY_RATIO}`,
    met: ratio.median <= MAX_LATENCY_RATIO,
  };
}

async function rate(sides: Sides, cluster: BenchCluster, sizes: Sizes, signal: AbortSignal): Promise<Row> {
  const perSecond = { ours: [] as number[], baseline: [] as number[] };
  for (let run = 0; run < sizes.runs; run += 1) {
    for (const side of turns(run)) {
      const { elapsedMs } = await callMany(sizes.atOnce, CALLERS, () => sides[side].submit(), signal);
      perSecond[side].push((sizes.atOnce / elapsedMs) * 1000);
    }
    await cluster.clear(sizes.clearMs, signal);
  }
  const ratio = ratiosOf(perSecond.ours, perSecond.baseline);
  return {
    what: `rate, ${CALLERS} callers`,
    unit: '/s',
    ours: spreadOf(perSecond.ours),
    baseline: spreadOf(perSecond.baseline),
    ratio,
    target: `ratio at least ${MIN_RATE_RATIO}`,
    met: ratio.median >= MIN_RATE_RATIO,
  };
}

/** Each side is the first one every other time: what changes slowly hits both alike. */
function turns(round: number): readonly (keyof Sides)[] {
  return round % 2 === 0 ? ['ours', 'baseline'] : ['baseline', 'ours'];
}
