/**
 * The embedded cluster's process: found running, or started. It outlives the server, as a cluster does: tasks go on while the
 * server is restarted. It ends by itself when nobody uses it any more.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { putAsideWhenLarge } from './log-file.js';

/** Seconds without a connection and without a running pod after which the cluster ends. */
const IDLE_EXIT_SECONDS = 30;
const START_TIMEOUT_MS = 60_000;
/** Another server may be starting the same cluster: it is looked for this often, in turn with attempts to start it. */
const ATTEMPTS = 10;
const BETWEEN_ATTEMPTS_MS = 300;
/** The last words of a cluster that did not start are in so many bytes of its log. */
const LAST_WORDS_BYTES = 8192;

/** How to get a cluster on a data directory. */
export interface EmbeddedOptions {
  /** Command and arguments of the cluster's program. */
  readonly program: readonly string[];
  readonly dataDir: string;
  /** Whether the cluster of this kubeconfig answers. */
  readonly answers: (kubeconfig: string) => Promise<boolean>;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Aborted when no cluster is wanted any more: none is started then. */
  readonly signal?: AbortSignal | undefined;
  /** Told when none was found and one was started. */
  readonly onStart?: (() => void) | undefined;
}

/**
 * Makes sure that a cluster runs on the data directory; resolves with the path of its kubeconfig. Throws the signal's reason when it
 * is aborted before one was found or is being started.
 */
export async function ensureEmbeddedCluster(options: EmbeddedOptions): Promise<string> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const kubeconfig = join(options.dataDir, 'kubeconfig');
  for (let attempt = 1; ; attempt += 1) {
    if (await options.answers(kubeconfig)) return kubeconfig;
    options.signal?.throwIfAborted();
    try {
      const started = await start(options.program, options.dataDir);
      options.onStart?.();
      return started;
    } catch (error) {
      // The directory is locked: another server was quicker, or a cluster is just about to end.
      if (attempt === ATTEMPTS) throw error;
    }
    await options.sleep(BETWEEN_ATTEMPTS_MS);
  }
}

async function start(program: readonly string[], dataDir: string): Promise<string> {
  const logPath = join(dataDir, 'cluster.log');
  // The cluster writes to it by itself, so this is the time to do it.
  putAsideWhenLarge(logPath);
  const log = openSync(logPath, 'a', 0o600);
  const [command = process.execPath, ...args] = program;
  const child = spawn(command, [...args, '--data-dir', dataDir, '--idle-exit', String(IDLE_EXIT_SECONDS)], {
    // A session of its own: Ctrl+C for the server is not for the cluster.
    detached: true,
    stdio: ['ignore', 'pipe', log],
    cwd: '/',
  });
  closeSync(log);
  try {
    const kubeconfig = await readyLine(child);
    if (kubeconfig !== undefined) return kubeconfig;
    const tail = (await endOf(logPath).catch(() => '')).trimEnd().split('\n').slice(-3).join('; ');
    throw new Error(`the embedded cluster did not start: ${tail} (its log is ${logPath})`);
  } finally {
    child.stdout?.destroy();
    child.unref();
  }
}

async function endOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - LAST_WORDS_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LAST_WORDS_BYTES), 0, LAST_WORDS_BYTES, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The path in the line `ready PATH`; undefined when the process ended or was too slow. */
async function readyLine(child: ChildProcess): Promise<string | undefined> {
  if (!child.stdout) return undefined;
  const lines = createInterface({ input: child.stdout });
  child.on('error', () => lines.close());
  const timer = setTimeout(() => lines.close(), START_TIMEOUT_MS);
  try {
    for await (const line of lines) {
      const match = /^ready (.+)$/.exec(line);
      if (match) return match[1];
    }
    return undefined;
  } finally {
    clearTimeout(timer);
    lines.close();
  }
}
