import { ClientError, isClientError } from '../../../client/errors.js';
import { type Source, sourceOf } from '../../../taskfile/source.js';
import type { VolumeFile } from '../../../taskfile/volume-file.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { forEachFile } from '../../each-file.js';
import { EXIT } from '../../exit-codes.js';
import {
  isStructured,
  type OutputFormat,
  outputOption,
  positionals,
  withOutput,
  WRITE_FORMATS,
} from '../../options.js';
import { printMessage } from '../../output/structured.js';
import { noteWarnings } from '../../submission.js';
import { checkStdinOnce, fileName, readTextFile } from '../../text-file.js';

interface ApplyOptions {
  readonly files: readonly string[];
  readonly output: OutputFormat;
}

/** A volume and the file that describes it. */
interface FoundVolume {
  readonly file: { readonly name: string; readonly source: Source };
  readonly volume: VolumeFile;
}

/** What fields of the message are called in files. */
const FIELD_NAMES = {
  storage_class: 'config.storage_class_name',
  access_modes: 'config.access_mode',
  namespace: 'config.namespace',
  cluster: 'infra',
};

/** `volumes apply FILE…`: creates the volumes that files in SkyPilot's form describe; those that are there stay as they are. */
export const apply = defineCommand<ApplyOptions>({
  usage: 'apply <file..>',
  summary: 'Create volumes from files in the form of SkyPilot',
  build: (yargs) =>
    withOutput(yargs, WRITE_FORMATS, { json: 'each CreateVolumeResponse', name: 'the ids of the volumes' })
      .positional('file', { type: 'string', array: true, describe: 'files of volumes, or - for stdin' })
      .example('$0 volumes apply volume.yaml', 'name, type, size, labels, config as `sky volumes apply` takes them')
      .epilogue(
        'All files are checked before the first volume is created. A volume that is there already is left as it is.',
      ),
  parse: (args) => {
    const files = positionals(args, 'file');
    checkStdinOnce(files);
    return { files, output: outputOption(args, WRITE_FORMATS) };
  },
  run: async (context, { files, output }) => {
    const volumes: FoundVolume[] = [];
    const exitCode = await forEachFile(context, files, async (file) => {
      volumes.push(await readVolume(context, file));
    });
    if (exitCode !== EXIT.ok) return exitCode;
    for (const volume of volumes) await applyOne(context, volume, output);
    return EXIT.ok;
  },
});

async function readVolume(context: CommandContext, path: string): Promise<FoundVolume> {
  const text = await readTextFile(path, context.io, context.signal);
  const { formatViolation } = await import('../../../taskfile/violation.js');
  const { parseVolumeYaml } = await import('../../../taskfile/volume-file.js');
  const file = { name: fileName(path), source: sourceOf(text) };
  context.scene.file = file;
  const result = parseVolumeYaml(text);
  await noteWarnings(context, result.warnings.map(formatViolation), file.name);
  if (result.ok) return { file, volume: result.volume };
  const violations = result.violations.map((violation) => ({
    field: violation.field,
    description: formatViolation(violation),
  }));
  throw new ClientError(`${file.name} is no volume`, { code: 'INVALID_ARGUMENT', violations });
}

async function applyOne(context: CommandContext, { file, volume }: FoundVolume, output: OutputFormat): Promise<void> {
  const { io, signal } = context;
  const { name, size = '', useExisting, labels, storageClass = '', accessMode, namespace = '', cluster = '' } = volume;
  context.scene.file = file;
  context.scene.fieldNames = FIELD_NAMES;
  const client = await context.client();
  const accessModes = accessMode === undefined ? [] : [accessMode];
  try {
    const request = { name, size, useExisting, labels, storageClass, accessModes, namespace, cluster };
    const answer = await client.createVolume(request, { signal });
    if (isStructured(output)) await printMessage(io, output, 'CreateVolumeResponse', answer, { compact: true });
    else if (output === 'name') await io.out(`${answer.volumeId || name}\n`);
    else await io.out(useExisting ? `Volume ${name} is there\n` : `Volume ${answer.volumeId} created\n`);
    await noteWarnings(context, answer.warnings, file.name);
  } catch (error) {
    if (!isClientError(error) || error.reason !== 'VOLUME_EXISTS') throw error;
    await context.note(`Volume ${name} is there already (${error.metadata['volume_id']}) and stays as it is\n`);
  }
}
