import type { CommandContext } from '../context.js';
import { isStructured, type OutputFormat } from '../options.js';
import { type DocumentStyle, printDocument } from './structured.js';
import type { Layout } from './table.js';

/** What a command has to say, in every form that `-o` may ask for. */
export interface Answer {
  /** The value of JSON that programs read, made only when it is wanted. */
  readonly document: () => unknown;
  /** The names of what is shown. */
  readonly names: readonly string[];
  /** What people read, in a layout that leaves nothing out for `-o wide`. It may say on stderr that there is nothing. */
  readonly text: (layout: Layout, wide: boolean) => string | Promise<string>;
}

/** Prints an answer to stdout in the form that was asked for. `style` is that of its document. */
export async function printAnswer(
  { io, layout }: CommandContext,
  format: OutputFormat,
  { document, names, text }: Answer,
  style?: DocumentStyle,
): Promise<void> {
  if (isStructured(format)) await printDocument(io, format, await document(), style);
  else if (format === 'name') await io.out(names.map((name) => `${name}\n`).join(''));
  else await io.out(await text(layout(format === 'wide'), format === 'wide'));
}
