import { type Env, loggedInBefore, readConfig, writeConfig } from '../config.js';
import { parseServerUrl } from '../../client/server-url.js';
import { defaultServer, type Settings } from '../settings.js';
import { somebodyListens } from './port.js';
import type { LocalServer } from './start.js';

/** Name of the context that the local server has in the configuration. */
const LOCAL_CONTEXT = 'local';

/** Port that the local server takes where it can. */
export function defaultPort(env: Env): number {
  return Number(new URL(defaultServer(env)).port || 80);
}

/** Writes where the local server is, and its token, into the configuration, and makes it the current context. */
export async function useLocal(env: Env, { url, token }: LocalServer): Promise<void> {
  const config = await readConfig(env);
  const before = loggedInBefore(config);
  const user = config.contexts[LOCAL_CONTEXT]?.user ?? before.user;
  const contexts = { ...before.contexts, [LOCAL_CONTEXT]: { server: url, token, user } };
  await writeConfig(env, { currentContext: LOCAL_CONTEXT, contexts });
}

/**
 * Starts the local server where a command needs it: nothing is configured and nothing listens at the default address, or the
 * context is that of the local server and it does not run. Undefined where it is not needed.
 */
export async function startIfNeeded(
  env: Env,
  { server, serverOrigin, context }: Settings,
  signal: AbortSignal,
): Promise<LocalServer | undefined> {
  const { host, port } = parseServerUrl(server);
  const own = serverOrigin === 'config' && context === LOCAL_CONTEXT && host === '127.0.0.1';
  if (serverOrigin !== 'default' && !own) return undefined;
  if (await somebodyListens(host, Number(port))) return undefined;
  const { startLocal } = await import('./start.js');
  const local = await startLocal(env, { port: Number(port), otherwise: true }, signal);
  await useLocal(env, local);
  return local;
}
