import type { CommandContext } from './context.js';

/**
 * Whether something that cannot be undone may be done: asked on a terminal, unless `yes` is the answer already. Without a
 * terminal there is nobody to ask, and what was said is meant.
 */
export async function confirmed(
  { io, signal }: CommandContext,
  yes: boolean,
  question: () => Promise<string>,
): Promise<boolean> {
  if (yes || !io.inIsTerminal || !io.errIsTerminal) return true;
  if (await io.confirm(await question(), signal)) return true;
  await io.err('Nothing was done.\n');
  return false;
}
