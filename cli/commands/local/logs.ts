import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { EXIT } from '../../exit-codes.js';
import { localPlace } from '../../local/place.js';
import { createPartPrinter, type PartPrinter } from '../../local/part-printer.js';
import { createTail, type Tail } from '../../local/tail.js';
import {
  flag,
  type OutputFormat,
  outputOption,
  READ_FORMATS,
  textOption,
  wholeNumber,
  withOutput,
} from '../../options.js';

interface LogsOptions {
  readonly tail: number | undefined;
  readonly follow: boolean;
  readonly output: OutputFormat;
}

/** Whose words are shown. */
interface Part {
  readonly name: string;
  /** What came before the files that still grow. */
  readonly older: string;
  readonly tails: readonly Tail[];
}

/** How often it is looked whether there is more, in milliseconds. */
const LOOK_EVERY_MS = 250;

/** `local logs`: what server and cluster had to say, not what tasks wrote. */
export const logs = defineCommand<LogsOptions>({
  usage: 'logs',
  summary: 'Print what the local server and cluster had to say',
  build: (yargs) =>
    withOutput(yargs, READ_FORMATS, {
      json: 'each line with its part',
      name: 'the parts that have lines',
      wide: 'the part in front of each line',
    })
      .option('tail', { type: 'string', requiresArg: true, describe: 'only the last N lines of each of them' })
      .option('follow', { alias: 'f', type: 'boolean', describe: 'go on with what they say, until Ctrl+C' }),
  parse: (args) => {
    const tail = textOption(args, 'tail');
    return {
      tail: tail === undefined ? undefined : wholeNumber(tail, '--tail'),
      follow: flag(args, 'follow'),
      output: outputOption(args, READ_FORMATS),
    };
  },
  run: async (context, { tail, follow, output }) => {
    const { log, output: lastWords, clusterData } = localPlace(context.env);
    const parts: readonly Part[] = [
      { name: 'server', older: `${log}.1`, tails: [createTail(log), createTail(lastWords)] },
      { name: 'cluster', older: '', tails: [createTail(`${clusterData}/cluster.log`)] },
    ];
    const printer = createPartPrinter(context, output);
    try {
      for (const part of parts) await printSoFar(printer, part, tail);
      if (follow) await goOn(context, printer, parts);
      await printer.end();
    } finally {
      await Promise.all(parts.flatMap(({ tails }) => tails.map((one) => one.close())));
    }
    return EXIT.ok;
  },
});

async function printSoFar(printer: PartPrinter, { name, older, tails }: Part, tail?: number): Promise<void> {
  const before = await readFile(older, 'utf8').catch(() => '');
  const texts = await Promise.all(tails.map(async (one) => (await one.more()).toString()));
  const lines = [before, ...texts].join('').split(/(?<=\n)/);
  const wanted = tail === undefined ? lines : tail === 0 ? [] : lines.slice(-tail);
  await printer.print(name, Buffer.from(wanted.join('')));
}

async function goOn({ scene, signal }: CommandContext, printer: PartPrinter, parts: readonly Part[]): Promise<never> {
  scene.endless = true;
  for (;;) {
    await delay(LOOK_EVERY_MS, undefined, { signal });
    for (const { name, tails } of parts) {
      for (const one of tails) {
        const more = await one.more();
        if (more.length > 0) await printer.print(name, more);
      }
    }
  }
}
