import type { CommandContext } from './context.js';
import { forEach } from './each.js';
import { EXIT } from './exit-codes.js';
import { fileName } from './text-file.js';

/**
 * Does something with each of several files, one after the other, and tells what is wrong with any of them. Returns the exit code
 * of the first failure; throws it where there is only one file.
 */
export async function forEachFile(
  context: CommandContext,
  files: readonly string[],
  work: (file: string) => Promise<void>,
): Promise<number> {
  const told = new Set<string>();
  const result = await forEach(context, files, work, (lines, file) =>
    lines
      .map((text) => named(text, fileName(file)))
      .filter((line) => {
        // A wrong option is as wrong for every file.
        const again = line.startsWith('k8s-cli: --') && told.has(line);
        told.add(line);
        return !again;
      }),
  );
  if (result !== EXIT.ok) await context.note('Nothing was created.\n');
  return result;
}

/** A line about a file with the file's name in front, where it has nothing but the program's. */
function named(line: string, file: string): string {
  const [, words] = /^k8s-cli: (?!--)(.*)$/s.exec(line) ?? [];
  if (words === undefined) return line;
  return words.startsWith(`${file}: `) ? words : `${file}: ${words}`;
}
