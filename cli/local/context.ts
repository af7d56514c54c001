import { type Env, loggedInBefore, readConfig, writeConfig } from '../config.js';
import { parseServerUrl } from '../../client/server-url.js';
import { defaultServer, type Settings } from '../settings.js';
import { localPlace } from './place.js';
import { somebodyListens } from './port.js';
import type { LocalServer } from './start.js';
import { runningServer } from './state.js';

/** Name of the context that the local server has in the configuration. */
const LOCAL_CONTEXT = 'local';

/**
 * Port that the local server takes where it can: that of the environment, else the one it had, where whoever follows a task tries it again,
 * else the default one.
 */
export async function preferredPort(env: Env): Promise<number> {
  const { contexts } = await readConfig(env);
  const before = /^http:\/\/127\.0\.0\.1:(\d+)$/.exec(contexts[LOCAL_CONTEXT]?.server ?? '')?.[1];
  if (before !== undefined && !env['K8S_CLI_API_PORT']) return Number(before);
  return Number(parseServerUrl(defaultServer(env)).port);
}

/** Writes where the local server is, and its token, into the configuration; with `use` it is the current context from then on. */
export async function rememberLocal(env: Env, { url, token }: LocalServer, use: boolean): Promise<void> {
  const config = await readConfig(env);
  const before = use ? loggedInBefore(config) : { contexts: config.contexts, user: undefined };
  const user = config.contexts[LOCAL_CONTEXT]?.user ?? before.user;
  const contexts = { ...before.contexts, [LOCAL_CONTEXT]: { server: url, token, user } };
  await writeConfig(env, { currentContext: use ? LOCAL_CONTEXT : config.currentContext, contexts });
}

/**
 * Starts the local server where a command needs it: nothing is configured and nothing listens at the default address, or the
 * context is that of the local server and it does not run. Where nothing is configured and it runs, its context is made again.
 * Undefined where it is not needed.
 */
export async function startIfNeeded(
  env: Env,
  settings: Settings,
  signal: AbortSignal,
): Promise<LocalServer | undefined> {
  if (settings.serverOrigin !== 'default' && !isLocal(settings)) return undefined;
  const { host, port } = parseServerUrl(settings.server);
  const forgotten = settings.serverOrigin === 'default' && (await runningServer(localPlace(env))) !== undefined;
  if (!forgotten && (await somebodyListens(host, Number(port)))) return undefined;
  const { startLocal } = await import('./start.js');
  const local = await startLocal(env, { port: await preferredPort(env), otherwise: true }, signal);
  // Otherwise its context is the current one, or was named for this command only.
  await rememberLocal(env, local, settings.serverOrigin === 'default');
  return local;
}

/** Whether the server is the local one, and its process is not there any more: it was stopped, or has died. */
export async function localHasEnded(env: Env, settings: Settings): Promise<boolean> {
  return isLocal(settings) && (await runningServer(localPlace(env))) === undefined;
}

function isLocal({ server, serverOrigin, context }: Settings): boolean {
  return serverOrigin === 'config' && context === LOCAL_CONTEXT && parseServerUrl(server).host === '127.0.0.1';
}
