import { isClientError } from '../client/errors.js';
import type { CommandContext } from './context.js';
import { CliError, describeError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { fileName } from './text-file.js';

/** What is wrong with one file and says nothing of the next: everything else ends the command. */
const OF_ONE_FILE: ReadonlySet<string> = new Set([
  'INVALID_ARGUMENT',
  'OUT_OF_RANGE',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'FAILED_PRECONDITION',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
]);

/**
 * Does something with each of several files, one after the other, and tells what is wrong with any of them. Returns the exit code
 * of the first failure; throws it where there is only one file.
 */
export async function forEachFile(
  context: CommandContext,
  files: readonly string[],
  work: (file: string) => Promise<void>,
): Promise<number> {
  let result: number = EXIT.ok;
  const told = new Set<string>();
  for (const file of files) {
    try {
      await work(file);
    } catch (error) {
      const goesOn = error instanceof CliError || (isClientError(error) && OF_ONE_FILE.has(error.code));
      if (!goesOn || files.length === 1 || context.signal.aborted) throw error;
      const { lines, exitCode } = describeError(error, context.scene);
      for (const line of lines.map((text) => named(text, fileName(file)))) {
        // A wrong option is as wrong for every file.
        if (line.startsWith('k8s-cli: --') && told.has(line)) continue;
        told.add(line);
        await context.io.err(`${line}\n`);
      }
      result ||= exitCode;
    }
  }
  if (result !== EXIT.ok) await context.note('Nothing was created.\n');
  return result;
}

/** A line about a file with the file's name in front, where it has nothing but the program's. */
function named(line: string, file: string): string {
  const [, words] = /^k8s-cli: (?!--)(.*)$/s.exec(line) ?? [];
  if (words === undefined) return line;
  return words.startsWith(`${file}: `) ? words : `${file}: ${words}`;
}
