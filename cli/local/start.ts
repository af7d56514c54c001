import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Env, isCode, reasonOf } from '../config.js';
import { CliError } from '../errors.js';
import { serverProgram } from '../server-program.js';
import { alone } from './lock.js';
import { type LocalPlace, localPlace } from './place.js';
import { freePort, isFree, somebodyListens } from './port.js';
import { endProcess, isAlive, processOf } from './process.js';
import { type LocalState, runningServer, writeState } from './state.js';

/** How long server and cluster may take to be ready. */
const START_TIMEOUT_MS = 90_000;
const LOOK_EVERY_MS = 50;
const GRACE_MS = 10_000;

/** A local server that is ready. */
export interface LocalServer {
  readonly url: string;
  readonly token: string;
  /** False when it ran already. */
  readonly started: boolean;
}

/** Which port it is to listen on. */
export interface StartOptions {
  readonly port: number;
  /** Take any other one where this one is taken. */
  readonly otherwise: boolean;
}

/**
 * Starts a server with an embedded cluster in the background, unless one runs. Resolves when it is ready. However many do this at
 * the same time, one server is started. Throws a CliError that says why it could not be.
 */
export async function startLocal(env: Env, options: StartOptions, signal: AbortSignal): Promise<LocalServer> {
  const place = localPlace(env);
  try {
    await mkdir(place.folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CliError(`cannot make ${place.folder}: ${reasonOf(error)}`);
  }
  return alone(place.folder, signal, async () => {
    const token = await ownToken(place);
    const running = await runningServer(place);
    if (running !== undefined && (await comesUp(running, signal))) {
      return { url: running.url, token, started: false };
    }
    const port = await choosePort(options);
    const server = await launch(place, env, port);
    try {
      await writeState(place, server.state).catch((error: unknown) => {
        throw new CliError(`the local server did not start: cannot write ${place.state}: ${reasonOf(error)}`);
      });
      await untilReady(place, server.child, signal);
    } catch (error) {
      await endProcess(server.state, GRACE_MS, new AbortController().signal);
      await rm(place.state, { force: true });
      throw error;
    }
    server.child.unref();
    return { url: server.state.url, token, started: true };
  });
}

async function choosePort({ port, otherwise }: StartOptions): Promise<number> {
  if (await isFree(port)) return port;
  if (otherwise) return freePort();
  throw new CliError(`port ${port} is in use; choose another with --port, or none to take any free one`);
}

/** The token of the local server, made at its first start. */
async function ownToken({ token: path }: LocalPlace): Promise<string> {
  try {
    const known = (await readFile(path, 'utf8')).trim();
    if (/^[0-9a-f]{64}$/.test(known)) return known;
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw new CliError(`cannot read ${path}: ${reasonOf(error)}`);
  }
  const made = randomBytes(32).toString('hex');
  await rm(path, { force: true });
  await writeFile(path, `${made}\n`, { flag: 'wx', mode: 0o600 });
  return made;
}

async function launch(
  place: LocalPlace,
  env: Env,
  port: number,
): Promise<{ readonly child: ChildProcess; readonly state: LocalState }> {
  const [command = process.execPath, ...program] = serverProgram();
  const flags = {
    '--host': '127.0.0.1',
    '--port': String(port),
    // Whatever kubeconfig there is: a cluster of somebody's is used only where that was asked for.
    '--cluster': 'embedded',
    '--namespace': 'default',
    '--data-dir': place.clusterData,
    '--log-dir': place.nodeLogs,
    '--token-file': place.token,
    '--log-file': place.log,
  };
  // A new file, not an emptied one: whoever follows the old one sees that there is another.
  await rm(place.output, { force: true });
  const output = openSync(place.output, 'wx', 0o600);
  const child = spawn(command, [...program, ...Object.entries(flags).flat()], {
    // A session of its own: Ctrl+C for the command that starts it is not for the server.
    detached: true,
    stdio: ['ignore', output, output],
    cwd: '/',
    env: { ...env },
  });
  child.on('error', () => {});
  closeSync(output);
  const started = child.pid === undefined ? undefined : processOf(child.pid);
  const state = { pid: child.pid ?? -1, started: started?.started ?? '', url: `http://127.0.0.1:${port}` };
  return { child, state };
}

/**
 * Waits until a server that runs takes calls: whoever started it may have been ended before it was ready. False when it ends instead, as
 * one does that was just told to.
 */
async function comesUp(server: LocalState, signal: AbortSignal): Promise<boolean> {
  const { hostname, port } = new URL(server.url);
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (!(await somebodyListens(hostname, Number(port)))) {
    if (!isAlive(server)) return false;
    if (performance.now() > deadlineMs) {
      const what = `the local server runs (process ${server.pid}), but does not listen at ${server.url}`;
      throw new CliError(`${what}; see k8s-cli local logs, and end it with k8s-cli local stop`);
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
  return true;
}

/** Waits for the line that says that the server is ready. */
async function untilReady(place: LocalPlace, child: ChildProcess, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const ended = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
    const output = await readFile(place.output, 'utf8').catch(() => '');
    if (/^k8s-cli-server \S+ ready at /m.test(output)) return;
    if (ended || performance.now() > deadlineMs) {
      const said = output.trim().replace(/^k8s-cli-server: /, '') || (ended ? 'it ended at once' : 'it took too long');
      throw new CliError(`the local server did not start: ${said}; see k8s-cli local logs`);
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
