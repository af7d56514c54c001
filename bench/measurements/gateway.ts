import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { buildGateway } from '../../scripts/grpc-gateway/build.js';
import { peakMb, type Program, startProgram, startServer } from '../support/program.js';
import type { Row } from '../support/report.js';
import { CALLERS, type Sizes } from '../support/sizes.js';
import { ratiosOf, spreadOf } from '../support/statistics.js';
import { USER } from '../support/task.js';
import { type LoadRequest, wrk, type WrkResult } from '../support/wrk.js';
import type { Measurement } from './measurement.js';

/** Everything that answers has one core, everything that asks the other. */
const ANSWERS = ['taskset', '-c', '0'] as const;
const ASKS = ['taskset', '-c', '1'] as const;
const NEEDED = ['go', 'wrk', 'curl', 'taskset'] as const;

const MIN_RATIO_TO_GATEWAY = 3;
/** So often a stream is read in a run. */
const READS = 3;

const SIDES = ['ours', 'gateway', 'inProcess'] as const;
type Side = (typeof SIDES)[number];
type Urls = Readonly<Record<Side, string>>;
type Loads = Readonly<Record<Side, WrkResult[]>>;

const STREAMS = { 'log as text': 'logs', 'log as JSON': 'logs/stream' } as const;

/** REST through the bridge, against grpc-gateways: one in front of the gRPC port, and one with handlers in its own process. */
export const measureGateway: Measurement = async (cluster, sizes, signal) => {
  const missing = NEEDED.filter((name) => !isThere(name));
  if (missing.length > 0) return { missing: missing.join(', ') };
  const folder = join(cluster.directory, 'gateway');
  mkdirSync(folder);
  const program = await buildGateway(folder);
  const started: Program[] = [];
  const start = async (one: Promise<Program>): Promise<Program> => {
    started.push(await one);
    return await one;
  };
  const server = (): Promise<Program> =>
    start(startServer(cluster.kubeconfig, cluster.served, cluster.directory, signal, ANSWERS));
  const gateway = (...args: string[]): Promise<Program> =>
    start(startProgram([...ANSWERS, program, ...args], /^ready at (\S+)/, signal));
  try {
    const ours = await server();
    const behind = await server();
    const address = new URL(behind.says).host;
    const task = await endedTask(ours.says, sizes.logLines, signal);
    const front = await gateway(address);
    const inProcess = await gateway(address, USER, task);
    const urls: Urls = { ours: ours.says, gateway: front.says, inProcess: inProcess.says };
    const script = join(cluster.directory, 'load.lua');
    const gets = await loads(urls, (base) => get(`${base}/tasks/${task}`), sizes, script, signal);
    const posts = await loads(urls, (base) => post(`${base}/tasks/${task}/stop`), sizes, script, signal);
    const streams: Row[] = [];
    for (const [what, path] of Object.entries(STREAMS)) {
      streams.push(...(await streamRows(what, urls, `/tasks/${task}/${path}?follow=false`, sizes, signal)));
    }
    const used = peakMb(ours.pid);
    const theirs = peakMb(front.pid) + peakMb(behind.pid);
    return {
      title: 'REST and a grpc-gateway',
      about:
        `GET is one task, POST stops one that has ended, over ${CALLERS} connections; the log has ${sizes.logLines} lines. What answers ` +
        'has one core, what asks another (wrk, curl). Baselines: the real grpc-gateway in front of the gRPC port of a second ' +
        'server, on the same core; and Go in-process: handlers registered in the gateway itself, which answer from memory what ' +
        'the server answers after it has looked at its tasks. Memory is the most that there was in the run, on the side of the ' +
        'gateway of both processes.',
      rows: [
        ...loadRows('GET', gets),
        ...loadRows('POST', posts),
        ...streams,
        {
          what: 'memory',
          unit: 'MB',
          ours: spreadOf([used]),
          baseline: spreadOf([theirs]),
          ratio: ratiosOf([used], [theirs]),
          target: 'ratio below 1',
          met: used < theirs,
        },
      ],
    };
  } finally {
    await Promise.all(started.map((one) => one.stop()));
  }
};

function isThere(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const HEADERS = { 'X-User': USER };

function get(url: string): LoadRequest {
  return { method: 'GET', url, headers: HEADERS };
}

function post(url: string): LoadRequest {
  const headers = { ...HEADERS, 'Content-Type': 'application/json' };
  return { method: 'POST', url, headers, body: '{"reason":"no longer needed"}' };
}

/** Id of a task that has written so many lines and ended. */
async function endedTask(url: string, lines: number, signal: AbortSignal): Promise<string> {
  const run = `seq -f 'step %.0f of many: what it does, how far it is, and a number that tells how well it does' ${lines}`;
  const body = JSON.stringify({ name: 'bench', resources: { image_id: 'docker:busybox:1.37' }, run });
  const submitted = await fetch(`${url}/tasks/submit`, { method: 'POST', headers: HEADERS, body, signal });
  const { task_id: id } = (await submitted.json()) as { task_id: string };
  for (;;) {
    const answer = await fetch(`${url}/tasks/${id}`, { headers: HEADERS, signal });
    const { status } = (await answer.json()) as { status: string };
    if (status === 'completed') return id;
    if (status !== 'pending' && status !== 'running') throw new Error(`the task of the benchmark is ${status}`);
    await sleep(200, undefined, { signal });
  }
}

/** All sides in turns, once to warm up and then in each run. */
async function loads(
  urls: Urls,
  request: (base: string) => LoadRequest,
  sizes: Sizes,
  script: string,
  signal: AbortSignal,
): Promise<Loads> {
  const results: Loads = { ours: [], gateway: [], inProcess: [] };
  for (let run = -1; run < sizes.runs; run += 1) {
    for (const side of run % 2 === 0 ? SIDES : SIDES.toReversed()) {
      const result = await wrk(request(urls[side]), CALLERS, sizes.loadS, script, ASKS, signal);
      if (run >= 0) results[side].push(result);
    }
  }
  return results;
}

function loadRows(what: string, { ours, gateway, inProcess }: Loads): Row[] {
  return [
    loadRow(`${what}, and the gateway`, ours, gateway, 'perSecond', MIN_RATIO_TO_GATEWAY),
    loadRow(`${what}, and Go in-process`, ours, inProcess, 'perSecond', 1),
    loadRow(`${what}, p99, and the gateway`, ours, gateway, 'p99Ms', 1),
    loadRow(`${what}, p99, and Go in-process`, ours, inProcess, 'p99Ms', 1),
  ];
}

function loadRow(
  what: string,
  ours: readonly WrkResult[],
  theirs: readonly WrkResult[],
  key: keyof WrkResult,
  limit: number,
): Row {
  const own = ours.map((one) => one[key]);
  const other = theirs.map((one) => one[key]);
  const ratio = ratiosOf(own, other);
  const isRate = key === 'perSecond';
  return {
    what,
    unit: isRate ? '/s' : 'ms',
    ours: spreadOf(own),
    baseline: spreadOf(other),
    ratio,
    target: `ratio at ${isRate ? 'least' : 'most'} ${limit}`,
    met: isRate ? ratio.median >= limit : ratio.median <= limit,
  };
}

/** A stream through both, in lines and in bytes a second. */
async function streamRows(what: string, urls: Urls, path: string, sizes: Sizes, signal: AbortSignal): Promise<Row[]> {
  const lines: Record<'ours' | 'gateway', number[]> = { ours: [], gateway: [] };
  const megabytes: Record<'ours' | 'gateway', number[]> = { ours: [], gateway: [] };
  for (let run = -1; run < sizes.runs; run += 1) {
    for (const side of run % 2 === 0 ? (['ours', 'gateway'] as const) : (['gateway', 'ours'] as const)) {
      let bytes = 0;
      let seconds = 0;
      for (let read = 0; read < READS; read += 1) {
        const one = await readStream(urls[side] + path, signal);
        bytes += one.bytes;
        seconds += one.seconds;
      }
      if (run < 0) continue;
      lines[side].push((sizes.logLines * READS) / seconds);
      megabytes[side].push(bytes / seconds / 1e6);
    }
  }
  const row = (name: string, unit: string, values: Readonly<Record<'ours' | 'gateway', number[]>>): Row => {
    const ratio = ratiosOf(values.ours, values.gateway);
    return {
      what: `${what}, ${name}`,
      unit,
      ours: spreadOf(values.ours),
      baseline: spreadOf(values.gateway),
      ratio,
      target: 'ratio at least 1',
      met: ratio.median >= 1,
    };
  };
  return [row('lines', '/s', lines), row('bytes', 'MB/s', megabytes)];
}

async function readStream(url: string, signal: AbortSignal): Promise<{ bytes: number; seconds: number }> {
  const read = [
    'curl',
    '-sfN',
    '-H',
    `X-User: ${USER}`,
    '-o',
    '/dev/null',
    '-w',
    '%{size_download} %{time_total}',
    url,
  ];
  const [program, ...args] = [...ASKS, ...read];
  const { stdout } = await promisify(execFile)(program, args, { signal });
  const [bytes = 0, seconds = 0] = stdout.split(' ').map(Number);
  if (bytes === 0 || seconds === 0) throw new Error(`${url}: nothing came`);
  return { bytes, seconds };
}
