import { bareSubmitter, type Submitter } from '../support/bare-submitter.js';
import type { BenchCluster } from '../support/cluster.js';
import { grpcSubmitter } from '../support/grpc-submitter.js';
import { callMany } from '../support/load.js';
import { startServer } from '../support/program.js';
import { restSubmitter } from '../support/rest-submitter.js';
import type { Row } from '../support/report.js';
import { CALLERS, type Sizes } from '../support/sizes.js';
import { medianOf, ratiosOf, spreadOf } from '../support/statistics.js';
import type { Measurement } from './measurement.js';

const MAX_LATENCY_RATIO = 1.15;
const MIN_RATE_RATIO = 0.9;
/** So many tasks are there at a time before it is counted: what very many leave behind in memory is not to be measured. */
const WARM_UP_TASKS = 512;
const SIDES = ['rest', 'text', 'message', 'baseline'] as const;

type Side = (typeof SIDES)[number];
type Submitters = Readonly<Record<Side, Submitter>>;
/** One value of each side a run. */
type Values = Readonly<Record<Side, number[]>>;

/** Submission of a task of one node through the server, against what it cannot do without. */
export const measureSubmit: Measurement = async (cluster, sizes, signal) => {
  const server = await startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal);
  const submitters: Submitters = {
    rest: restSubmitter(server.says),
    text: grpcSubmitter(server.says, 'text'),
    message: grpcSubmitter(server.says, 'message'),
    baseline: await bareSubmitter(cluster.config, cluster.bare),
  };
  try {
    for (const side of SIDES) await warmUp(submitters[side], cluster, sizes, signal);
    const ways = await latency(submitters, 'ask', sizes, signal, async () => {});
    const clear = (): Promise<void> => cluster.clear(sizes.clearMs, signal);
    const latencies = await latency(submitters, 'submit', sizes, signal, clear);
    const rates = await rate(submitters, cluster, sizes, signal);
    return {
      title: 'Submitting a task of one node',
      about:
        'k8s-cli: through the server, over REST from an HTTP client with kept-alive connections, or over gRPC from a bare HTTP/2 ' +
        'client with one connection; the task is the text of a task.yaml, the same each time, or a message. Baseline: the same two ' +
        'POSTs, of the record and of the Job, straight to the API server over kept-alive connections, in a namespace that the server ' +
        'does not watch. Each side has submitted before for ten seconds, or some thousand tasks: for so long code is compiled. The sides take ' +
        'turns, one submission each where there is one caller, and the tasks are deleted in between: what the server notes in the ' +
        'records of tasks that stay is not in these numbers. The way alone is a question that is answered from memory: what the ' +
        'server is, and the version of the API server.',
      rows: [
        latencyRow('rest', 'REST, task.yaml', latencies),
        latencyRow('text', 'gRPC, task.yaml', latencies),
        latencyRow('message', 'gRPC, message', latencies),
        wayRow('rest', 'REST', ways),
        wayRow('text', 'gRPC', ways),
        rateRow('rest', 'REST, task.yaml', rates),
        rateRow('text', 'gRPC, task.yaml', rates),
        rateRow('message', 'gRPC, message', rates),
      ],
    };
  } finally {
    await Promise.all(SIDES.map((side) => submitters[side].close()));
    await server.stop();
  }
};

/** Submits until little is compiled any more, or for as long as that may take. */
async function warmUp(submitter: Submitter, cluster: BenchCluster, sizes: Sizes, signal: AbortSignal): Promise<void> {
  await callMany(sizes.asks, CALLERS, () => submitter.ask(), signal);
  const untilMs = performance.now() + sizes.warmUpMs;
  for (let done = 0; done < sizes.warmUp && performance.now() < untilMs; done += WARM_UP_TASKS) {
    await callMany(Math.min(sizes.warmUp, WARM_UP_TASKS), CALLERS, () => submitter.submit(), signal);
    await cluster.clear(sizes.clearMs, signal);
  }
}

/** Medians of the time of a submission, or of a question, when there is one at a time, in milliseconds. */
async function latency(
  submitters: Submitters,
  what: 'submit' | 'ask',
  sizes: Sizes,
  signal: AbortSignal,
  clear: () => Promise<void>,
): Promise<Values> {
  const medians: Values = { rest: [], text: [], message: [], baseline: [] };
  for (let run = 0; run < sizes.runs; run += 1) {
    const of: Values = { rest: [], text: [], message: [], baseline: [] };
    for (let turn = 0; turn < sizes.inTurn; turn += 1) {
      for (const side of turns(turn)) {
        const { latenciesMs } = await callMany(1, 1, () => submitters[side][what](), signal);
        of[side].push(...latenciesMs);
      }
    }
    await clear();
    for (const side of SIDES) medians[side].push(medianOf(of[side]));
  }
  return medians;
}

/** Submissions a second of many callers. */
async function rate(submitters: Submitters, cluster: BenchCluster, sizes: Sizes, signal: AbortSignal): Promise<Values> {
  const perSecond: Values = { rest: [], text: [], message: [], baseline: [] };
  for (let run = 0; run < sizes.runs; run += 1) {
    for (const side of turns(run)) {
      const submit = (): Promise<void> => submitters[side].submit();
      const { elapsedMs, latenciesMs } = await callMany(sizes.atOnce, CALLERS, submit, signal, sizes.atOnceMs);
      perSecond[side].push((latenciesMs.length / elapsedMs) * 1000);
      await cluster.clear(sizes.clearMs, signal);
    }
  }
  return perSecond;
}

function latencyRow(side: Exclude<Side, 'baseline'>, name: string, values: Values): Row {
  const ratio = ratiosOf(values[side], values.baseline);
  return {
    what: `p50, 1 caller, ${name}`,
    unit: 'ms',
    ours: spreadOf(values[side]),
    baseline: spreadOf(values.baseline),
    ratio,
    target: `ratio at most ${MAX_LATENCY_RATIO}`,
    met: ratio.median <= MAX_LATENCY_RATIO,
  };
}

function wayRow(side: Exclude<Side, 'baseline'>, name: string, values: Values): Row {
  return {
    what: `p50, 1 caller, ${name}, the way alone`,
    unit: 'ms',
    ours: spreadOf(values[side]),
    baseline: spreadOf(values.baseline),
    ratio: ratiosOf(values[side], values.baseline),
    target: '',
    met: undefined,
  };
}

function rateRow(side: Exclude<Side, 'baseline'>, name: string, values: Values): Row {
  const ratio = ratiosOf(values[side], values.baseline);
  return {
    what: `rate, ${CALLERS} callers, ${name}`,
    unit: '/s',
    ours: spreadOf(values[side]),
    baseline: spreadOf(values.baseline),
    ratio,
    target: `ratio at least ${MIN_RATE_RATIO}`,
    met: ratio.median >= MIN_RATE_RATIO,
  };
}

/** Each begins as often, in both directions: what one leaves behind for the next, and what changes slowly, hits all alike. */
function turns(round: number): readonly Side[] {
  const first = Math.floor(round / 2) % SIDES.length;
  const order = [...SIDES.slice(first), ...SIDES.slice(0, first)];
  return round % 2 === 0 ? order : order.toReversed();
}
