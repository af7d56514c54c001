import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import {
  isStructured,
  listOption,
  type OutputFormat,
  outputOption,
  positional,
  textOption,
  withOutput,
  WRITE_FORMATS,
} from '../../options.js';
import { printMessage } from '../../output/structured.js';
import { noteWarnings } from '../../submission.js';

interface CreateOptions {
  readonly name: string;
  readonly size: string;
  readonly storageClass: string | undefined;
  readonly accessModes: string[];
  readonly output: OutputFormat;
}

/** What fields of the message are called here. */
const FIELD_NAMES = { storage_class: '--storage-class', access_modes: '--access-modes' };

/** `volumes create NAME SIZE`. */
export const create = defineCommand<CreateOptions>({
  usage: 'create <name> <size>',
  summary: 'Create a volume that tasks mount by its name',
  build: (yargs) =>
    withOutput(yargs, WRITE_FORMATS, { json: 'CreateVolumeResponse', name: 'the id of the volume' })
      .positional('name', { type: 'string', describe: 'what task files call it' })
      .positional('size', { type: 'string', describe: 'for example 10Gi' })
      .option('storage-class', {
        alias: 's',
        type: 'string',
        requiresArg: true,
        describe: "default: the cluster's own",
      })
      .option('access-modes', {
        alias: 'a',
        type: 'string',
        requiresArg: true,
        describe: 'ReadWriteOnce (default), ReadOnlyMany, ReadWriteMany, ReadWriteOncePod; several: A,B',
      })
      .example('$0 volumes create training-data 10Gi', 'for tasks with one node')
      .example('$0 volumes create shared 50Gi -a ReadWriteMany', 'for tasks with several nodes'),
  parse: (args) => ({
    name: positional(args, 'name'),
    size: positional(args, 'size'),
    storageClass: textOption(args, 'storage-class'),
    accessModes: listOption(args, 'access-modes'),
    output: outputOption(args, WRITE_FORMATS),
  }),
  run: async (context, { output, storageClass, ...volume }) => {
    const { io, signal, scene } = context;
    scene.fieldNames = FIELD_NAMES;
    const client = await context.client();
    const answer = await client.createVolume({ ...volume, storageClass: storageClass ?? '' }, { signal });
    if (isStructured(output)) await printMessage(io, output, 'CreateVolumeResponse', answer);
    else await io.out(output === 'name' ? `${answer.volumeId}\n` : `Volume ${answer.volumeId} created\n`);
    await noteWarnings(context, answer.warnings, undefined);
    return EXIT.ok;
  },
});
