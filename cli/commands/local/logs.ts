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
  /** The file that was put aside, which does not grow any more. */
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
    const clusterLog = `${clusterData}/cluster.log`;
    const parts: readonly Part[] = [
      { name: 'server', older: `${log}.1`, tails: [createTail(log), createTail(lastWords)] },
      { name: 'cluster', older: `${clusterLog}.1`, tails: [createTail(clusterLog)] },
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

async function printSoFar(printer: PartPrinter, part: Part, tail?: number): Promise<void> {
  if (tail !== undefined) return printer.print(part.name, await lastLines(soFar(part), tail));
  // A part that has said nothing is named, too.
  await printer.print(part.name, Buffer.alloc(0));
  for await (const piece of soFar(part)) await printer.print(part.name, piece);
}

async function* soFar({ older, tails }: Part): AsyncGenerator<Buffer, void, undefined> {
  const before = createTail(older);
  try {
    yield* before.more();
  } finally {
    await before.close();
  }
  for (const one of tails) yield* one.more();
}

async function lastLines(pieces: AsyncIterable<Buffer>, count: number): Promise<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    held = Buffer.concat([held, piece]);
    let start = held.length;
    for (let left = count; left > 0 && start > 0; left -= 1) {
      // A place below 0 would count from the end.
      start = start === 1 ? 0 : held.lastIndexOf('\n', start - 2) + 1;
    }
    held = held.subarray(start);
  }
  return held;
}

async function goOn({ scene, signal }: CommandContext, printer: PartPrinter, parts: readonly Part[]): Promise<never> {
  scene.endless = true;
  for (;;) {
    await delay(LOOK_EVERY_MS, undefined, { signal });
    for (const { name, tails } of parts) {
      for (const one of tails) {
        for await (const more of one.more()) await printer.print(name, more);
      }
    }
  }
}
