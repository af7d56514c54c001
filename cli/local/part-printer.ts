import type { CommandContext } from '../context.js';
import type { OutputFormat } from '../options.js';
import { printAnswer } from '../output/answer.js';

/** Prints what the parts of the local server say, in the form that was asked for. */
export interface PartPrinter {
  /** Prints what a part goes on with, which may be nothing. */
  print(part: string, more: Buffer): Promise<void>;
  /** Prints lines that never ended. */
  end(): Promise<void>;
}

const NEWLINE = 0x0a;

/** Makes a printer: text as it comes, below a heading on stderr where another part has said something; else line by line. */
export function createPartPrinter(context: CommandContext, format: OutputFormat): PartPrinter {
  return format === 'text' ? createHeadedPrinter(context) : createLinePrinter(context, format);
}

function createHeadedPrinter({ io, note }: CommandContext): PartPrinter {
  let last: string | undefined;
  return {
    print: async (part, more) => {
      if (part !== last) await note(`==> ${part} <==\n`);
      last = part;
      await io.out(more);
    },
    end: () => Promise.resolve(),
  };
}

function createLinePrinter(context: CommandContext, format: OutputFormat): PartPrinter {
  const held = new Map<string, Buffer>();
  const named = new Set<string>();

  async function printLine(part: string, line: string): Promise<void> {
    const answer = {
      document: () => ({ part, line }),
      names: named.has(part) ? [] : [part],
      text: () => `${context.style('cyan', `${part} |`)} ${line}\n`,
    };
    named.add(part);
    await printAnswer(context, format, answer, { compact: true });
  }

  return {
    print: async (part, more) => {
      const bytes = Buffer.concat([held.get(part) ?? Buffer.alloc(0), more]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      held.set(part, bytes.subarray(end));
      const lines = bytes.subarray(0, end).toString().split('\n').slice(0, -1);
      for (const line of lines) await printLine(part, line);
    },
    end: async () => {
      for (const [part, rest] of held) if (rest.length > 0) await printLine(part, rest.toString());
    },
  };
}
