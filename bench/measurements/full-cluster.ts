import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadClusterConfig } from '../../server/kubernetes/api/credentials.js';
import { pathsOf } from '../../server/kubernetes/paths.js';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/api/client.js';
import { callMany } from '../support/load.js';
import { built, type Program, residentMb, startNode } from '../support/program.js';
import type { Row } from '../support/report.js';
import type { Sizes } from '../support/sizes.js';
import { quantileOf, ratiosOf, spreadOf } from '../support/statistics.js';
import { openWatchers } from '../support/watchers.js';
import type { Measurement } from './measurement.js';

const CALLERS = 16;
const RUNS = 3;
const PAGE = 500;
const WATCHERS = 100;
const LOOK_AGAIN_MS = 100;
const BETWEEN_CHANGES_MS = 20;
const MAX_MB = 500;
const MAX_READY_MS = 5000;
const MAX_LIST_MS = 5000;
const MAX_SEEN_MS = 200;
const MAX_PODS_MS = 60_000;
const { jobs: JOBS, pods: PODS } = pathsOf('default');

/** An embedded cluster with many objects and pods, against an empty one. */
export const measureFullCluster: Measurement = async (cluster, sizes, signal) => {
  if (cluster.kind !== 'embedded') return { missing: 'an embedded cluster' };
  const directory = join(cluster.directory, 'full');
  const emptyReady = await restarts(directory, undefined, signal);
  let own = await start(directory, signal);
  let client = connect(own);
  try {
    await sleep(sizes.idleMs, undefined, { signal });
    const emptyMb = residentMb(own.pid);
    const podsMs = await runPods(client, sizes.pods, signal);
    await finishJobs(client, sizes.jobs, signal);
    const lists: number[] = [];
    for (let run = 0; run < RUNS; run += 1) lists.push(await listAll(client, sizes.jobs, signal));
    const seen: number[] = [];
    for (let run = 0; run < RUNS; run += 1) seen.push(await fanOut(client, sizes.changes, signal));
    const fullMb = residentMb(own.pid);
    await client.close();
    const fullReady = await restarts(directory, own, signal);
    own = await start(directory, signal);
    client = connect(own);
    await finishedJobs(client, sizes.jobs, signal);
    return {
      title: 'A full embedded cluster',
      about:
        `${sizes.jobs} finished Jobs, which were created suspended and finished by a write of their status, and ${sizes.pods} running pods of sleep. ` +
        `The list is taken in pages of ${PAGE}. A change is one of a Job, from its request until the last of ${WATCHERS} watchers has it. The start is that ` +
        'after kill -9, until the cluster says that it is ready. Baseline: the same cluster when it was empty.',
      rows: [
        alone(`${sizes.pods} pods, from the first request until all run`, [podsMs], MAX_PODS_MS),
        alone(`list of ${sizes.jobs} Jobs`, lists, MAX_LIST_MS),
        alone(`a change to the last of ${WATCHERS} watchers, p99`, seen, MAX_SEEN_MS),
        {
          what: 'resident memory',
          unit: 'MB',
          ours: spreadOf([fullMb]),
          baseline: spreadOf([emptyMb]),
          ratio: ratiosOf([fullMb], [emptyMb]),
          target: `at most ${MAX_MB} MB`,
          met: fullMb <= MAX_MB,
        },
        {
          what: 'start after a crash',
          unit: 'ms',
          ours: spreadOf(fullReady),
          baseline: spreadOf(emptyReady),
          ratio: ratiosOf(fullReady, emptyReady),
          target: `at most ${MAX_READY_MS} ms`,
          met: spreadOf(fullReady).max <= MAX_READY_MS,
        },
      ],
    };
  } finally {
    await client.close();
    await own.stop();
  }
};

/** A row of times that an empty cluster has none of. */
function alone(what: string, values: readonly number[], maxMs: number): Row {
  const ours = spreadOf(values);
  const target = `at most ${maxMs} ms`;
  return { what, unit: 'ms', ours, baseline: undefined, ratio: undefined, target, met: ours.median <= maxMs };
}

function start(directory: string, signal: AbortSignal): Promise<Program> {
  return startNode([built('cluster'), '--data-dir', directory], /^ready (.+)$/, signal);
}

function connect({ says }: Program): KubeClient {
  return createKubeClient(loadClusterConfig({ kind: 'kubeconfig', path: says, context: undefined }));
}

/** Kills the cluster that runs, and then each that it starts; resolves with how long each start took, in milliseconds. */
async function restarts(directory: string, running: Program | undefined, signal: AbortSignal): Promise<number[]> {
  const took: number[] = [];
  let last = running;
  for (let run = 0; run < RUNS; run += 1) {
    await kill(last);
    const beganMs = performance.now();
    last = await start(directory, signal);
    took.push(performance.now() - beganMs);
  }
  await kill(last);
  return took;
}

async function kill(program: Program | undefined): Promise<void> {
  if (program === undefined) return;
  process.kill(program.pid, 'SIGKILL');
  await program.stop();
}

async function runPods(client: KubeClient, count: number, signal: AbortSignal): Promise<number> {
  const container = { name: 'main', image: 'plain', command: ['sleep', 'infinity'] };
  const beganMs = performance.now();
  let made = 0;
  const create = async (): Promise<void> => {
    made += 1;
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `sleep-${made}` },
      spec: { containers: [container] },
    };
    await client.request({ method: 'POST', path: PODS, body, signal });
  };
  await callMany(count, CALLERS, create, signal);
  const query = { fieldSelector: 'status.phase=Running' };
  for (;;) {
    const { body } = await client.request<{ items: unknown[] }>({ method: 'GET', path: PODS, query, signal });
    if (body.items.length === count) return performance.now() - beganMs;
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
}

async function finishJobs(client: KubeClient, count: number, signal: AbortSignal): Promise<void> {
  const template = {
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'plain', command: ['true'] }] },
  };
  let made = 0;
  const finish = async (): Promise<void> => {
    made += 1;
    const name = `finished-${made}`;
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { suspend: true, template } };
    await client.request({ method: 'POST', path: JOBS, body: job, signal });
    const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const condition = (type: string): object => ({
      type,
      status: 'True',
      lastTransitionTime: time,
      lastProbeTime: time,
    });
    const conditions = [condition('SuccessCriteriaMet'), condition('Complete')];
    const status = { startTime: time, completionTime: time, succeeded: 1, conditions };
    await client.request({ method: 'PATCH', path: `${JOBS}/${name}/status`, body: { status }, signal });
  };
  await callMany(count, CALLERS, finish, signal);
  await finishedJobs(client, count, signal);
}

/** Throws when there are not so many finished Jobs. */
async function finishedJobs(client: KubeClient, count: number, signal: AbortSignal): Promise<void> {
  const query = { fieldSelector: 'status.successful=1' };
  const { body } = await client.request<{ items: unknown[] }>({ method: 'GET', path: JOBS, query, signal });
  if (body.items.length !== count) throw new Error(`${body.items.length} of ${count} Jobs have finished`);
}

interface Page {
  readonly items: unknown[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

async function listAll(client: KubeClient, count: number, signal: AbortSignal): Promise<number> {
  const beganMs = performance.now();
  let found = 0;
  let next: string | undefined;
  do {
    const query = { limit: PAGE, continue: next };
    const { body }: { body: Page } = await client.request<Page>({ method: 'GET', path: JOBS, query, signal });
    found += body.items.length;
    next = body.metadata.continue || undefined;
  } while (next !== undefined);
  const tookMs = performance.now() - beganMs;
  if (found !== count) throw new Error(`the list has ${found} of ${count} Jobs`);
  return tookMs;
}

/** p99 of the time from the request of a change until the last watcher has it, in milliseconds. */
async function fanOut(client: KubeClient, changes: Sizes['changes'], signal: AbortSignal): Promise<number> {
  const { body } = await client.request<Page>({ method: 'GET', path: JOBS, query: { limit: 1 }, signal });
  const watchers = await openWatchers(client, JOBS, body.metadata.resourceVersion, WATCHERS);
  const took: number[] = [];
  try {
    for (let change = 1; change <= changes; change += 1) {
      const patch = { metadata: { annotations: { change: `${body.metadata.resourceVersion}.${change}` } } };
      const beganMs = performance.now();
      await client.request({ method: 'PATCH', path: `${JOBS}/finished-${change}`, body: patch, signal });
      took.push((await watchers.seen(change)) - beganMs);
      await sleep(BETWEEN_CHANGES_MS, undefined, { signal });
    }
  } finally {
    watchers.close();
  }
  return quantileOf(took, 0.99);
}
