/** Ids as users write them: the beginning is enough where it is the beginning of one only. */

import type { CommandContext } from './context.js';
import { CliError, usageError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { printable } from './output/table.js';

/** What may be the beginning of an id that the server made; anything else is sent as it is. */
const SHORTENED = /^[a-z0-9]{1,7}$/;
/** A whole one. */
const ID = /^[a-z0-9]{8}$/;
/** Of more candidates than this the first ones are told. */
const TOLD = 5;

interface Candidate {
  readonly id: string;
  readonly name: string;
}

/**
 * The id of the caller's task that begins with a word; the word itself where no id does, so that the server says what it thinks
 * of it. Throws a CliError (exit code 2) with the candidates where several do.
 */
export async function fullTaskId(context: CommandContext, word: string): Promise<string> {
  return fullId(word, 'task', async () => {
    const client = await context.client();
    const { tasks } = await client.listTasks({ idPrefix: word, pageSize: TOLD + 1 }, { signal: context.signal });
    return tasks.map(({ taskId, name }) => ({ id: taskId, name }));
  });
}

/** The same for volumes. */
export async function fullVolumeId(context: CommandContext, word: string): Promise<string> {
  const client = await context.client();
  const find = async (idPrefix: string, pageSize: number): Promise<readonly Candidate[]> => {
    const { volumes } = await client.listVolumes({ idPrefix, pageSize }, { signal: context.signal });
    return volumes.map(({ volumeId, name }) => ({ id: volumeId, name }));
  };
  const id = await fullId(word, 'volume', () => find(word, TOLD + 1));
  const named = id === word && !ID.test(word) ? (await find('', 0)).find(({ name }) => name === word) : undefined;
  if (named) throw usageError(`${word} is the name of a volume; say its id: ${named.id}`);
  return id;
}

/** The id of the task that a command means; without a word the caller's last one, which is then said on stderr. */
export async function taskIdOrLast(context: CommandContext, word: string | undefined): Promise<string> {
  if (word !== undefined) return fullTaskId(context, word);
  const client = await context.client();
  const [last] = (await client.listTasks({ pageSize: 1 }, { signal: context.signal })).tasks;
  if (last === undefined) {
    throw new CliError('there is no last task: you have none; submit one with k8s-cli jobs submit FILE', EXIT.notFound);
  }
  await context.note(`Your last task is ${last.taskId} (${printable(last.name)})\n`);
  return last.taskId;
}

async function fullId(word: string, what: string, find: () => Promise<readonly Candidate[]>): Promise<string> {
  if (!SHORTENED.test(word)) return word;
  const candidates = await find();
  const [first] = candidates;
  if (first === undefined || candidates.some(({ id }) => id === word)) return word;
  if (candidates.length === 1) return first.id;
  const told = candidates.slice(0, TOLD).map(({ id, name }) => `${id} (${name})`);
  const more = candidates.length > TOLD ? ', …' : '';
  throw usageError(`${word} is the beginning of several ${what} ids: ${told.join(', ')}${more}; write more of the id`);
}
