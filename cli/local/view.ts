import { readFile } from 'node:fs/promises';
import type { Client } from '../../client/index.js';
import { taskStateWord } from '../../client/task-state.js';
import type { CommandContext } from '../context.js';
import { localPlace } from './place.js';
import { type LocalState, runningServer } from './state.js';

/** How long the local server is waited for where its answer is only good to have, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Asks the local server something; undefined when it does not run or does not answer. */
export async function askLocal<T>(
  context: CommandContext,
  ask: (client: Client, options: { timeoutMs: number; signal: AbortSignal }) => Promise<T>,
): Promise<T | undefined> {
  const place = localPlace(context.env);
  const server: LocalState | undefined = await runningServer(place);
  if (server === undefined) return undefined;
  const { createClient } = await import('../../client/client.js');
  const token = (await readFile(place.token, 'utf8').catch(() => '')).trim();
  const client = createClient({ url: server.url, user: (await context.settings()).user, token });
  try {
    return await ask(client, { timeoutMs: PATIENCE_MS, signal: context.signal });
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}

/** How many tasks of anybody have not ended there; 0 where that cannot be found out. */
export async function unfinishedTasks(context: CommandContext): Promise<number> {
  const answer = await askLocal(context, (client, options) => client.listTasks({ allUsers: true }, options));
  return (answer?.tasks ?? []).filter(({ state }) => ['pending', 'running'].includes(taskStateWord(state))).length;
}
