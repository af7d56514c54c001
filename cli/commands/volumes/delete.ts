import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { confirmed } from '../../confirm.js';
import {
  flag,
  isStructured,
  type OutputFormat,
  outputOption,
  positional,
  withOutput,
  withYes,
  WRITE_FORMATS,
} from '../../options.js';
import { printMessage } from '../../output/structured.js';
import { printable } from '../../output/table.js';
import { fullVolumeId } from '../../short-id.js';

interface DeleteOptions {
  readonly volumeId: string;
  readonly yes: boolean;
  readonly output: OutputFormat;
}

/** `volumes delete ID`: asks first on a terminal, because what is stored there is lost. */
export const deleteVolume = defineCommand<DeleteOptions>({
  usage: 'delete <id>',
  summary: 'Delete a volume and what is stored on it',
  build: (yargs) =>
    withYes(withOutput(yargs, WRITE_FORMATS, { json: 'DeleteVolumeResponse', name: 'the id of the volume' }))
      .positional('id', { type: 'string', describe: 'the volume id, or its beginning' })
      .option('force', { alias: 'f', type: 'boolean', describe: 'the same as --yes' })
      .epilogue('A volume that a task uses is not deleted, whether it is forced or not.'),
  parse: (args) => ({
    volumeId: positional(args, 'id'),
    yes: flag(args, 'force') || flag(args, 'yes'),
    output: outputOption(args, WRITE_FORMATS),
  }),
  run: async (context, { volumeId: given, yes, output }) => {
    const { io, signal } = context;
    const volumeId = await fullVolumeId(context, given);
    const client = await context.client();
    const question = async (): Promise<string> => {
      const { name, size } = await client.getVolume(volumeId, { signal });
      return `Delete volume ${volumeId} (${printable(name)}, ${printable(size)}) and everything on it?`;
    };
    if (!(await confirmed(context, yes, question))) return EXIT.failure;
    const answer = await client.deleteVolume(volumeId, { signal });
    if (isStructured(output)) await printMessage(io, output, 'DeleteVolumeResponse', answer);
    else await io.out(`${output === 'name' ? volumeId : printable(answer.message)}\n`);
    return EXIT.ok;
  },
});
