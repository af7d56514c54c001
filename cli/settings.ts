import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkToken, type ConfigFile, configDir, type ContextEntry, type Env, readConfig, stateDir } from './config.js';
import { usageError } from './errors.js';
import { nearest } from './suggest.js';

/** Where a setting came from. */
export type Origin = 'flag' | 'environment' | 'config' | 'default';

/** Which server, and as whom. */
export interface Settings {
  readonly server: string;
  readonly serverOrigin: Origin;
  readonly user: string;
  readonly userOrigin: Origin;
  /** What the server wants to see, where one is known. */
  readonly token: string | undefined;
  /** Name of the context of the configuration that was looked at; there may be none of that name. */
  readonly context: string;
}

/** What the global options say. */
export interface SettingFlags {
  readonly server?: string | undefined;
  readonly user?: string | undefined;
  readonly context?: string | undefined;
}

/** Address that is used when nothing says otherwise: where the server listens when it is told as little. */
export function defaultServer(env: Env): string {
  return `http://localhost:${env['K8S_CLI_API_PORT'] || '8000'}`;
}

/**
 * Settles server, user and token. Flags win, that of a context too, then environment variables, then the current context of the
 * configuration. `osUser` gives the operating system's user name, or undefined when it has none.
 */
export async function resolveSettings(
  flags: SettingFlags,
  env: Env,
  osUser: () => string | undefined,
): Promise<Settings> {
  const config = await readConfig(env);
  const context = flags.context ?? config.currentContext;
  const entry = config.contexts[context] ?? {};
  if (flags.context !== undefined) checkContext(config, flags.context);
  const named = flags.context === undefined ? {} : entry;
  const [server, serverOrigin] = first(
    ['flag', flags.server],
    ['config', named.server],
    ['environment', env['K8S_CLI_API_URL']],
    ['config', entry.server],
    ['default', defaultServer(env)],
  );
  const identity = identityAt(config, context, server, serverOrigin);
  const token = checkToken(env['K8S_CLI_TOKEN'] || undefined, 'K8S_CLI_TOKEN') ?? identity.token;
  const [user, userOrigin] = first(
    ['flag', flags.user || (flags.context === undefined ? undefined : identity.user)],
    ['environment', env['K8S_CLI_USER']],
    ['config', identity.user],
    ['default', osUser()],
  );
  if (!user) throw usageError('this user has no name; say who you are with k8s-cli auth login NAME');
  return { server, serverOrigin, user, userOrigin, token, context };
}

/** Throws a CliError (exit code 2) with the nearest name where the configuration has no such context. */
export function checkContext({ contexts }: ConfigFile, name: string): void {
  const names = Object.keys(contexts);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const help = near === undefined ? 'see k8s-cli config get-contexts' : `did you mean ${near}?`;
  throw usageError(`there is no context ${JSON.stringify(name)}; ${help}`);
}

/** Whether two addresses are those of one server. */
export function sameServer(a: string | undefined, b: string): boolean {
  const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);
  return a !== undefined && originOf(a) === originOf(b);
}

/** User and token at a server: nobody's token is sent to another server, and nobody is known there by another one's name. */
function identityAt(config: ConfigFile, context: string, server: string, origin: Origin): ContextEntry {
  const entry = config.contexts[context] ?? {};
  if (origin === 'config' || sameServer(entry.server, server)) return entry;
  // A context without a server says who the user is wherever nothing else does.
  const here = Object.values(config.contexts).find((other) => sameServer(other.server, server));
  return here ?? { user: entry.server === undefined ? entry.user : undefined };
}

/** The first of some values that is set, and where it came from; the last one whatever it is. */
function first<Last extends string | undefined>(
  ...candidates: readonly [
    ...(readonly [origin: Origin, value: string | undefined])[],
    readonly [origin: Origin, value: Last],
  ]
): readonly [value: string | Last, origin: Origin] {
  for (const [origin, value] of candidates) if (value) return [value, origin];
  const [origin, value] = candidates[candidates.length - 1] as readonly [Origin, Last];
  return [value, origin];
}

/**
 * Whether it is yet to be said that the operating system's user name is used. True once for each configuration directory:
 * the answer is remembered in the state directory, and where that is not possible it is true each time.
 */
export async function firstUseWithoutLogin(env: Env): Promise<boolean> {
  const { createHash } = await import('node:crypto');
  const key = createHash('sha256').update(configDir(env)).digest('hex').slice(0, 16);
  const marker = join(stateDir(env), `no-login-note-${key}`);
  try {
    await access(marker);
    return false;
  } catch {
    await mkdir(stateDir(env), { recursive: true, mode: 0o700 })
      .then(() => writeFile(marker, ''))
      .catch(() => {});
    return true;
  }
}
