import { readFile } from 'node:fs/promises';
import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { localPlace } from '../../local/place.js';
import { textOption, wholeNumber } from '../../options.js';

/** `local logs`: what server and cluster had to say, not what tasks wrote. */
export const logs = defineCommand<{ readonly tail: number | undefined }>({
  usage: 'logs',
  summary: 'Print what the local server and cluster had to say',
  build: (yargs) =>
    yargs.option('tail', { type: 'string', requiresArg: true, describe: 'only the last N lines of each of them' }),
  parse: (args) => {
    const tail = textOption(args, 'tail');
    return { tail: tail === undefined ? undefined : wholeNumber(tail, '--tail') };
  },
  run: async ({ env, io, note }, { tail }) => {
    const { log, output, clusterData } = localPlace(env);
    const parts = [
      { name: 'server', files: [`${log}.1`, log, output] },
      { name: 'cluster', files: [`${clusterData}/cluster.log`] },
    ];
    for (const { name, files } of parts) {
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
      const lines = texts.join('').split(/(?<=\n)/);
      await note(`==> ${name} <==\n`);
      await io.out((tail === undefined ? lines : tail === 0 ? [] : lines.slice(-tail)).join(''));
    }
    return EXIT.ok;
  },
});
