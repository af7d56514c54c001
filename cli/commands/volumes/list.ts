import type { ListVolumesResponse } from '../../../client/index.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { EXIT } from '../../exit-codes.js';
import { flag, type OutputFormat, outputOption, withOutput } from '../../options.js';
import { printJson } from '../../output/json.js';
import { formatVolumeList } from '../../output/volume-list.js';

interface ListOptions {
  readonly details: boolean;
  readonly allUsers: boolean;
  readonly output: OutputFormat;
}

const MAX_VOLUMES = 10_000;

/** `volumes list`: newest first. */
export const list = defineCommand<ListOptions>({
  usage: 'list',
  summary: 'List volumes, newest first',
  build: (yargs) =>
    withOutput(yargs)
      .option('details', {
        alias: 'd',
        type: 'boolean',
        describe: 'also user, storage class and the claim in Kubernetes',
      })
      .option('all-users', { alias: 'u', type: 'boolean', describe: 'the volumes of all users' }),
  parse: (args) => ({ details: flag(args, 'details'), allUsers: flag(args, 'all-users'), output: outputOption(args) }),
  run: async (context, { details, allUsers, output }) => {
    const { io } = context;
    const answer = await allPages(context, allUsers);
    if (output === 'json') await printJson(io, 'ListVolumesResponse', answer);
    else if (answer.volumes.length === 0) {
      await io.err('No volumes. Create one with: k8s-cli volumes create NAME SIZE\n');
    } else {
      const view = { details, allUsers, nowMs: context.now(), width: io.columns };
      await io.out(formatVolumeList(answer.volumes, view));
    }
    if (answer.nextPageToken !== '') {
      await io.err(`k8s-cli: only the newest ${answer.volumes.length} volumes are shown; there are more\n`);
    }
    return EXIT.ok;
  },
});

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
