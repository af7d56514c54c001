import type { ListVolumesResponse, VolumeStatus } from '../../../client/index.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { EXIT } from '../../exit-codes.js';
import { flag, type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../../options.js';
import { printAnswer } from '../../output/answer.js';
import { restDocument } from '../../output/structured.js';
import { watchList, withWatch } from '../../watch.js';
import { formatVolumeList } from '../../output/volume-list.js';

interface ListOptions {
  readonly details: boolean;
  readonly allUsers: boolean;
  readonly watch: boolean;
  readonly output: OutputFormat;
}

const MAX_VOLUMES = 10_000;

/** `volumes list`: newest first. */
export const list = defineCommand<ListOptions>({
  usage: 'list',
  summary: 'List volumes, newest first',
  build: (yargs) =>
    withWatch(withOutput(yargs, READ_FORMATS, { json: 'ListVolumesResponse', name: 'the ids of the volumes' }))
      .option('details', {
        alias: 'd',
        type: 'boolean',
        describe:
          'also user, the tasks that use it and, where there is room, storage class and the claim in Kubernetes',
      })
      .option('all-users', { alias: 'u', type: 'boolean', describe: 'the volumes of all users' }),
  parse: (args) => {
    const output = outputOption(args, READ_FORMATS);
    const details = flag(args, 'details') || output === 'wide';
    return { details, allUsers: flag(args, 'all-users'), watch: flag(args, 'watch'), output };
  },
  run: async (context, options) => {
    if (options.watch) {
      await watchList(context, options.output, {
        typeName: 'VolumeStatus',
        fetch: async () => (await allPages(context, options.allUsers)).volumes,
        idOf: ({ volumeId }) => volumeId,
        table: (volumes, heading) => table(context, options, volumes, heading),
      });
    }
    await print(context, options, await allPages(context, options.allUsers));
    return EXIT.ok;
  },
});

function table(
  context: CommandContext,
  { details, allUsers, output }: ListOptions,
  volumes: readonly VolumeStatus[],
  heading: boolean,
): string {
  const layout = { ...context.layout(output === 'wide'), heading };
  return formatVolumeList(volumes, { details, allUsers, nowMs: context.now(), layout });
}

async function print(context: CommandContext, options: ListOptions, answer: ListVolumesResponse): Promise<void> {
  const { note } = context;
  await printAnswer(context, options.output, {
    document: () => restDocument('ListVolumesResponse', answer),
    names: answer.volumes.map(({ volumeId }) => volumeId),
    text: async () => {
      if (answer.volumes.length > 0) return table(context, options, answer.volumes, true);
      await note('No volumes. Create one with: k8s-cli volumes create NAME SIZE\n');
      return '';
    },
  });
  if (answer.nextPageToken !== '') {
    await note(`k8s-cli: only the newest ${answer.volumes.length} volumes are shown; there are more\n`);
  }
}

async function allPages(context: CommandContext, allUsers: boolean): Promise<ListVolumesResponse> {
  const client = await context.client();
  const volumes: ListVolumesResponse['volumes'] = [];
  let nextPageToken = '';
  do {
    const page = await client.listVolumes({ allUsers, pageToken: nextPageToken }, { signal: context.signal });
    volumes.push(...page.volumes);
    nextPageToken = page.nextPageToken;
  } while (nextPageToken !== '' && volumes.length < MAX_VOLUMES);
  return { volumes, nextPageToken };
}
