import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { flag, type OutputFormat, outputOption, positional, withOutput } from '../../options.js';
import { printJson } from '../../output/json.js';
import { printable } from '../../output/table.js';

interface DeleteOptions {
  readonly volumeId: string;
  readonly force: boolean;
  readonly output: OutputFormat;
}

/** `volumes delete ID`: asks first on a terminal, because what is stored there is lost. */
export const deleteVolume = defineCommand<DeleteOptions>({
  usage: 'delete <id>',
  summary: 'Delete a volume and what is stored on it',
  build: (yargs) =>
    withOutput(yargs)
      .positional('id', { type: 'string', describe: 'the volume id' })
      .option('force', { alias: 'f', type: 'boolean', describe: 'do not ask' }),
  parse: (args) => ({ volumeId: positional(args, 'id'), force: flag(args, 'force'), output: outputOption(args) }),
  run: async (context, { volumeId, force, output }) => {
    const { io, signal } = context;
    const client = await context.client();
    if (!force && io.inIsTerminal && io.errIsTerminal) {
      const { name, size } = await client.getVolume(volumeId, { signal });
      const question = `Delete volume ${volumeId} (${printable(name)}, ${printable(size)}) and everything on it?`;
      if (!(await io.confirm(question, signal))) {
        await io.err('Nothing was deleted.\n');
        return EXIT.failure;
      }
    }
    const answer = await client.deleteVolume(volumeId, { signal });
    if (output === 'json') await printJson(io, 'DeleteVolumeResponse', answer);
    else await io.out(`${printable(answer.message)}\n`);
    return EXIT.ok;
  },
});
