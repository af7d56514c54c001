/** The composition root: configuration -> cluster, domain, transports, in the order in which they depend on each other. */

import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Archive } from './archive/archive.js';
import { LogKeeper } from './archive/keeper.js';
import { NO_ARCHIVE } from './archive/no-archive.js';
import type { Config } from './config.js';
import type { Domain } from './domain/context.js';
import type { LogArchive } from './domain/ports.js';
import { idOf } from './domain/request-id.js';
import { ensureEmbeddedCluster } from './embedded.js';
import { clusterAnswers, connectCluster, type ConnectedCluster } from './kubernetes/connect.js';
import { hasKubeconfig, type ClusterSource } from './kubernetes/api/credentials.js';
import { Lifecycle } from './lifecycle.js';
import { messageOf } from './message-of.js';
import { pause } from './pause.js';
import { readToken } from './token.js';
import { VERSION } from './version.js';

/** How long calls may take to finish once the server stops. */
const DRAIN_MS = 10_000;
/** How long the first picture of the cluster may take before the server gives up. */
const READY_TIMEOUT_MS = 60_000;
/** After this time of silence the server says what it waits for. */
const READY_PATIENCE_MS = 3000;
/** How often the embedded cluster is looked after. */
const SUPERVISE_MS = 1000;

/** A server that runs. */
export interface RunningServer {
  readonly url: string;
  /** Which cluster and namespace are served. */
  readonly description: string;
  stop(): Promise<void>;
}

/** Starts everything; resolves when the first call can be answered. Aborting `stopping` ends streams. */
export async function compose(
  config: Config,
  log: (message: string) => void,
  stopping: AbortSignal,
): Promise<RunningServer> {
  const life = new Lifecycle();
  const stop = (): Promise<void> => life.stop((name, error) => log(`stopping ${name}: ${String(error)}`));
  try {
    const token = config.tokenFile === undefined ? undefined : readToken(config.tokenFile);
    const { source, kind } = await chooseCluster(config, stopping);
    const cluster = connectCluster(source, config.namespace, log);
    life.add('the connections to the cluster', () => cluster.close());
    const running = new AbortController();
    const watching = cluster.run(running.signal);
    life.add('the watches', async () => {
      running.abort();
      await watching;
    });
    // Who ends server and cluster together wants no other cluster, however long the last calls take.
    const either = AbortSignal.any([running.signal, stopping]);
    if (kind === 'embedded') void superviseEmbedded(config, cluster, log, either);
    // The cluster is asked before what answers callers is loaded and made: it has enough to do for all that time.
    const inTime = AbortSignal.timeout(READY_TIMEOUT_MS);
    const picture = firstPicture(cluster, inTime, log);
    // Where the namespace cannot be looked at either, nobody waits for the picture.
    picture.catch(() => {});
    const [namespaceKey, { createTransports }] = await Promise.all([
      keyOfNamespace(cluster, inTime),
      import('./transport/transports.js'),
    ]);
    const keeper = keepLogs(config.logDir, namespaceKey, cluster, life, log);
    const archive = keeper ?? NO_ARCHIVE;
    const tidying = new AbortController();
    const tidied = cluster.tidy(archive, config, tidying.signal);
    life.add('the chores', async () => {
      tidying.abort();
      await tidied;
    });
    const report = (method: string, id: string, error: unknown): void =>
      log(
        `${method}: internal error ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    const options = { ...config, version: VERSION, stopping, token, report };
    const transports = createTransports(domainOf(cluster, config, archive), options);
    life.add('the connections of callers', () => transports.stop(DRAIN_MS));
    await picture;
    const url = await transports.open(config.host, config.port).catch((error: unknown) => {
      throw portError(config, error);
    });
    // Nobody has to wait for what concerns all tasks.
    keeper?.start().catch((error: unknown) => log(`logs that are left over stay: ${String(error)}`));
    return { url, description: `cluster ${describe(kind, cluster)}, namespace ${cluster.namespace}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function portError({ host, port }: Config, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const why = code === 'EADDRINUSE' ? 'is in use; choose another with --port' : `cannot be opened (${code})`;
  return new Error(`port ${port} of ${host} ${why}`);
}

function domainOf(cluster: ConnectedCluster, { policy }: Config, archive: LogArchive): Domain {
  const { facts, namespace } = cluster;
  return {
    ...cluster,
    archive,
    site: { facts, policy, namespace },
    clock: {
      now: Date.now,
      sleep: async (ms, signal) => {
        await pause(ms, signal);
      },
    },
    ids: { random: () => idOf(randomBytes(8)) },
  };
}

function keepLogs(
  directory: string | undefined,
  namespaceKey: string,
  { logs, firstLines, store: tasks }: ConnectedCluster,
  life: Lifecycle,
  log: (message: string) => void,
): LogKeeper | undefined {
  if (directory === undefined) return undefined;
  const folder = join(directory, namespaceKey);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const why = messageOf(error);
    const where = 'choose another place with --log-dir, or say --log-dir none';
    throw new Error(`logs cannot be kept in ${directory}: ${why}; ${where}`, { cause: error });
  }
  const archive = new Archive(folder, Date.now);
  const keeper = new LogKeeper({ archive, logs, firstLines, tasks, wait: pause, log });
  life.add('the keeping of logs', () => keeper.stop());
  return keeper;
}

type Kind = 'in-cluster' | 'kubeconfig' | 'embedded';

async function chooseCluster(config: Config, stopping: AbortSignal): Promise<{ source: ClusterSource; kind: Kind }> {
  const kind = config.cluster === 'auto' ? detect(config) : config.cluster;
  if (kind === 'in-cluster') return { source: { kind }, kind };
  const { kubeconfig: path, context } = config;
  if (kind === 'kubeconfig') return { source: { kind, path, context }, kind };
  const own = await embeddedKubeconfig(config, stopping);
  return { source: { kind: 'kubeconfig', path: own, context: undefined }, kind };
}

function detect(config: Config): Kind {
  if (config.insideCluster) return 'in-cluster';
  if (config.context !== undefined || hasKubeconfig(config.kubeconfig)) return 'kubeconfig';
  if (config.kubeconfigNamed === undefined) return 'embedded';
  // Somebody wants a certain cluster: to run the programs on this machine instead would be a bad surprise.
  throw new Error(
    `the kubeconfig ${config.kubeconfigNamed} names no cluster to use; correct it, or say --cluster embedded to run tasks here`,
  );
}

function describe(kind: Kind, cluster: ConnectedCluster): string {
  if (kind === 'embedded') return `embedded at ${cluster.server}`;
  return kind === 'in-cluster' ? 'in-cluster' : `${cluster.name} at ${cluster.server}`;
}

function embeddedKubeconfig({ dataDir }: Config, signal: AbortSignal, onStart?: () => void): Promise<string> {
  const sleep = (ms: number): Promise<boolean> => pause(ms, signal);
  return ensureEmbeddedCluster({ program: clusterProgram(), dataDir, answers: clusterAnswers, sleep, signal, onStart });
}

/** The cluster's program lies beside the server's: built, or as source when this is run from source. */
function clusterProgram(): string[] {
  const built = fileURLToPath(new URL('../cluster/main.js', import.meta.url));
  if (existsSync(built)) return [process.execPath, built];
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL('../cluster/main.ts', import.meta.url))];
}

/** Starts the embedded cluster again when it is gone: a cluster without its server is of no use to anybody. */
async function superviseEmbedded(
  config: Config,
  cluster: ConnectedCluster,
  log: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (await pause(SUPERVISE_MS, signal)) {
    if (!cluster.store.outage) continue;
    try {
      await embeddedKubeconfig(config, signal, () =>
        log('the embedded cluster had ended, and what ran there with it; it is started again'),
      );
    } catch (error) {
      if (!signal.aborted) log(messageOf(error));
    }
  }
}

/** Waits until the cluster was read once. */
async function firstPicture(
  cluster: ConnectedCluster,
  inTime: AbortSignal,
  log: (message: string) => void,
): Promise<void> {
  const patience = setTimeout(() => {
    const why = cluster.store.outage?.message ?? 'no answer yet';
    log(`waiting for the cluster, ${READY_TIMEOUT_MS / 1000} s at most: ${why}`);
  }, READY_PATIENCE_MS);
  try {
    await cluster.store.ready(inTime);
  } catch {
    throw unreadable(cluster);
  } finally {
    clearTimeout(patience);
  }
}

async function keyOfNamespace(cluster: ConnectedCluster, inTime: AbortSignal): Promise<string> {
  const key = await cluster.namespaceKey(inTime).catch(() => {
    throw unreadable(cluster);
  });
  if (key !== undefined) return key;
  throw new Error(
    `the cluster has no namespace "${cluster.namespace}"; create it with \`kubectl create namespace ${cluster.namespace}\`, ` +
      'or choose another with --namespace',
  );
}

function unreadable(cluster: ConnectedCluster): Error {
  const why = cluster.store.outage?.message ?? 'no answer';
  return new Error(`the cluster at ${cluster.server} cannot be read: ${why}`);
}
