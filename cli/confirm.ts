import type { CommandContext } from './context.js';

/**
 * Whether something that cannot be undone may be done: asked on a terminal, unless `yes` is the answer already. Without a
 * terminal there is nobody to ask, and what was said is meant; without a question there is nothing to ask.
 */
export async function confirmed(
  { io, signal }: CommandContext,
  yes: boolean,
  question: () => Promise<string | undefined>,
): Promise<boolean> {
  if (yes || !io.inIsTerminal || !io.errIsTerminal) return true;
  const text = await question();
  if (text === undefined || (await io.confirm(text, signal))) return true;
  await io.err('Nothing was done.\n');
  return false;
}
