import { stat } from 'node:fs/promises';
import { isClientError } from '../client/errors.js';
import type { Client } from '../client/index.js';
import { configPath } from './config.js';
import type { CommandContext } from './context.js';
import { CliError, describeError, halvesOf } from './errors.js';
import { packageVersion } from './version.js';

/** What came of one check. */
export interface Finding {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  /** Empty where there is nothing to repair. */
  readonly fix: string;
}

/** Longest that the server may take to answer, in milliseconds. */
const TIMEOUT_MS = 20_000;

/** Checks from here to the cluster; ends at the first thing without which the rest cannot be looked at. */
export async function findings(context: CommandContext): Promise<readonly Finding[]> {
  const found: Finding[] = [await checkConfiguration(context)];
  if (found.some(({ status }) => status === 'failed')) return found;
  try {
    const client = await context.connect();
    found.push(await checkServer(context, client));
    found.push(await checkAccess(context, client));
    const { checks } = await client.diagnose({ signal: context.signal, timeoutMs: TIMEOUT_MS });
    return [...found, ...checks];
  } catch (error) {
    if (context.signal.aborted || !isClientError(error)) throw error;
    return [...found, failure(context, found, error)];
  }
}

async function checkConfiguration(context: CommandContext): Promise<Finding> {
  const { env } = context;
  const path = configPath(env);
  try {
    const settings = await context.settings();
    const mode = await stat(path).then(
      (file) => file.mode & 0o077,
      () => undefined,
    );
    if (mode === undefined) return { name: 'configuration', status: 'ok', message: 'none; defaults are used', fix: '' };
    if (mode !== 0) {
      const message = `${path} can be read by others`;
      return { name: 'configuration', status: 'warning', message, fix: `chmod 600 ${path}` };
    }
    return { name: 'configuration', status: 'ok', message: `${path}, context ${settings.context}`, fix: '' };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { name: 'configuration', status: 'failed', ...halvesOf(error.message) };
  }
}

async function checkServer({ settings, signal }: CommandContext, client: Client): Promise<Finding> {
  const { server } = await settings();
  const { version } = await client.getServiceInfo({ signal, timeoutMs: TIMEOUT_MS });
  const own = packageVersion();
  if (version === own) return { name: 'server', status: 'ok', message: `version ${version} at ${server}`, fix: '' };
  const message = `version ${version} at ${server}, while this is ${own}`;
  return { name: 'server', status: 'warning', message, fix: 'use the same version of both' };
}

/** Whether the server lets this user in: the cheapest call that needs an identity. */
async function checkAccess({ settings, signal }: CommandContext, client: Client): Promise<Finding> {
  const { user } = await settings();
  await client.listTasks({ pageSize: 1 }, { signal, timeoutMs: TIMEOUT_MS });
  return { name: 'access', status: 'ok', message: `you are ${user} there`, fix: '' };
}

function failure(context: CommandContext, before: readonly Finding[], error: unknown): Finding {
  const name = ['server', 'access', 'cluster'][before.length - 1] ?? 'cluster';
  const [line = ''] = describeError(error, context.scene).lines;
  return { name, status: 'failed', ...halvesOf(line.replace(/^k8s-cli: /, '')) };
}
