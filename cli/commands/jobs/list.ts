import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { flag, type OutputFormat, outputOption, withOutput } from '../../options.js';
import { printJson } from '../../output/json.js';
import { formatTaskList } from '../../output/task-list.js';

interface ListOptions {
  readonly details: boolean;
  readonly allUsers: boolean;
  readonly output: OutputFormat;
}

/** `jobs list`: newest first. */
export const list = defineCommand<ListOptions>({
  usage: 'list',
  summary: 'List tasks, newest first',
  build: (yargs) =>
    withOutput(yargs)
      .option('details', { alias: 'd', type: 'boolean', describe: 'also user, times and the names in Kubernetes' })
      .option('all-users', { alias: 'u', type: 'boolean', describe: 'the tasks of all users' }),
  parse: (args) => ({ details: flag(args, 'details'), allUsers: flag(args, 'all-users'), output: outputOption(args) }),
  run: async (context, { details, allUsers, output }) => {
    const { io } = context;
    const client = await context.client();
    const answer = await client.listTasks({ allUsers }, { signal: context.signal });
    if (output === 'json') await printJson(io, 'ListTasksResponse', answer);
    else if (answer.tasks.length === 0) await io.err('No tasks. Submit one with: k8s-cli jobs submit FILE\n');
    else {
      const view = { details, allUsers, nowMs: context.now(), width: io.columns };
      await io.out(formatTaskList(answer.tasks, view));
    }
    if (answer.nextPageToken !== '') {
      await io.err(`k8s-cli: only the newest ${answer.tasks.length} tasks are shown; there are more\n`);
    }
    return EXIT.ok;
  },
});
