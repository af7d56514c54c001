import { isClientError } from '../client/errors.js';
import type { CommandContext } from './context.js';
import { CliError, describeError } from './errors.js';
import { EXIT } from './exit-codes.js';

/** What is wrong with one of several and says nothing of the next: everything else ends the command. */
const OF_ONE: ReadonlySet<string> = new Set([
  'INVALID_ARGUMENT',
  'OUT_OF_RANGE',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'FAILED_PRECONDITION',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
]);

/**
 * Does something with each of several files or ids, one after the other, and tells what is wrong with any of them, in lines that `worded`
 * may change. Returns the exit code of the first failure; throws it where there is only one of them.
 */
export async function forEach(
  context: CommandContext,
  words: readonly string[],
  work: (word: string) => Promise<void>,
  worded: (lines: readonly string[], word: string) => readonly string[] = (lines) => lines,
): Promise<number> {
  let result: number = EXIT.ok;
  for (const word of words) {
    try {
      await work(word);
    } catch (error) {
      const goesOn = error instanceof CliError || (isClientError(error) && OF_ONE.has(error.code));
      if (!goesOn || words.length === 1 || context.signal.aborted) throw error;
      const { lines, exitCode } = describeError(error, context.scene);
      for (const line of worded(lines, word)) await context.io.err(`${line}\n`);
      result ||= exitCode;
    }
  }
  return result;
}
