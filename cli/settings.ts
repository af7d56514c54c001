import { createHash } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configDir, type Env, readConfig, stateDir } from './config.js';
import { usageError } from './errors.js';

/** Address that is used when nothing says otherwise. */
export const DEFAULT_SERVER = 'http://localhost:8000';

/** Where a setting came from. */
export type Origin = 'flag' | 'environment' | 'config' | 'default';

/** Which server, and as whom. Flags win over environment variables, those over the configuration file. */
export interface Settings {
  readonly server: string;
  readonly user: string;
  readonly userOrigin: Origin;
}

/** What the global options say. */
export interface SettingFlags {
  readonly server?: string | undefined;
  readonly user?: string | undefined;
}

/** Settles server and user. `osUser` gives the operating system's user name, or undefined when it has none. */
export async function resolveSettings(
  flags: SettingFlags,
  env: Env,
  osUser: () => string | undefined,
): Promise<Settings> {
  const config = await readConfig(env);
  const context = config.contexts[config.currentContext] ?? {};
  const server = flags.server || env['K8S_CLI_API_URL'] || context.server || DEFAULT_SERVER;
  if (flags.user) return { server, user: flags.user, userOrigin: 'flag' };
  if (env['K8S_CLI_USER']) return { server, user: env['K8S_CLI_USER'], userOrigin: 'environment' };
  if (context.user) return { server, user: context.user, userOrigin: 'config' };
  const user = osUser();
  if (!user) throw usageError('this user has no name; say who you are with k8s-cli auth login NAME');
  return { server, user, userOrigin: 'default' };
}

/**
 * Whether it is yet to be said that the operating system's user name is used. True once for each configuration directory:
 * the answer is remembered in the state directory, and where that is not possible it is true each time.
 */
export async function firstUseWithoutLogin(env: Env): Promise<boolean> {
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
