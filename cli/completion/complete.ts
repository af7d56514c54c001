import { readConfig } from '../config.js';
import { createContext, type CommandContext, type Environment } from '../context.js';
import { printable } from '../output/table.js';
import { type Candidate, wantedAt } from './candidates.js';

/** A shell asks after each key: an answer that comes later than this, in milliseconds, is of no use. */
const PATIENCE_MS = 1500;
/** Most tasks of a status that are offered, the newest. */
const MAX_TASKS = 100;

/**
 * Prints what may come at the end of these words, one a line with its meaning behind a tab, or `:files`. Starts no server, and
 * says nothing where something goes wrong: there is nobody to read it.
 */
export async function complete(words: readonly string[], environment: Environment): Promise<void> {
  const current = words.at(-1) ?? '';
  const given = (name: string): string | undefined => words[words.indexOf(name) + 1 || words.length];
  const flags = { server: given('--server'), user: given('--user'), context: given('--context') };
  const context = createContext(environment, { ...flags, color: false, quiet: true, verbose: false });
  try {
    const found = await lookUp(context, words);
    const fitting = found === 'files' ? [] : found.filter(({ word }) => word.startsWith(current));
    const lines = fitting.map(({ word, meaning }) => `${printable(word)}\t${printable(meaning)}\n`);
    await environment.io.out(found === 'files' ? ':files\n' : lines.join(''));
  } catch {
    // No server, or a configuration that makes no sense: nothing to offer.
  } finally {
    context.close();
  }
}

async function lookUp(context: CommandContext, words: readonly string[]): Promise<readonly Candidate[] | 'files'> {
  const wanted = wantedAt(words);
  const options = { timeoutMs: PATIENCE_MS, signal: context.signal };
  switch (wanted.kind) {
    case 'words':
      return wanted.words;
    case 'files':
      return 'files';
    case 'contexts': {
      const { contexts } = await readConfig(context.env);
      return Object.entries(contexts).map(([word, { server = '' }]) => ({ word, meaning: server }));
    }
    case 'tasks': {
      const client = await context.connect();
      const request = { idPrefix: words.at(-1) ?? '', pageSize: MAX_TASKS };
      const statuses = wanted.statuses.length > 0 ? wanted.statuses : [''];
      const answers = await Promise.all(statuses.map((status) => client.listTasks({ ...request, status }, options)));
      const tasks = answers.flatMap((answer) => answer.tasks);
      return tasks.map(({ taskId, name, status }) => ({ word: taskId, meaning: `${name}, ${status}` }));
    }
    case 'volumes': {
      const client = await context.connect();
      const { volumes } = await client.listVolumes({ idPrefix: words.at(-1) ?? '' }, options);
      return volumes.map(({ volumeId, name, size }) => ({ word: volumeId, meaning: `${name}, ${size}` }));
    }
    case 'nothing':
      return [];
  }
}
