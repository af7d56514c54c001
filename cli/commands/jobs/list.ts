import type { ListTasksResponse, TaskStatus } from '../../../client/index.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { EXIT } from '../../exit-codes.js';
import { flag, isStructured, type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../../options.js';
import { printMessage } from '../../output/structured.js';
import { formatTaskList } from '../../output/task-list.js';
import { watchList, withWatch } from '../../watch.js';

interface ListOptions {
  readonly details: boolean;
  readonly allUsers: boolean;
  readonly watch: boolean;
  readonly output: OutputFormat;
}

/** `jobs list`: newest first. */
export const list = defineCommand<ListOptions>({
  usage: 'list',
  summary: 'List tasks, newest first',
  build: (yargs) =>
    withWatch(withOutput(yargs, READ_FORMATS))
      .option('details', { alias: 'd', type: 'boolean', describe: 'also user, times and the names in Kubernetes' })
      .option('all-users', { alias: 'u', type: 'boolean', describe: 'the tasks of all users' }),
  parse: (args) => {
    const output = outputOption(args, READ_FORMATS);
    const details = flag(args, 'details') || output === 'wide';
    return { details, allUsers: flag(args, 'all-users'), watch: flag(args, 'watch'), output };
  },
  run: async (context, options) => {
    const client = await context.client();
    const fetch = (): Promise<ListTasksResponse> =>
      client.listTasks({ allUsers: options.allUsers }, { signal: context.signal });
    if (options.watch) {
      await watchList(context, options.output, {
        typeName: 'TaskStatus',
        fetch: async () => (await fetch()).tasks,
        idOf: ({ taskId }) => taskId,
        table: (tasks, heading) => table(context, options, tasks, heading),
      });
    }
    await print(context, options, await fetch());
    return EXIT.ok;
  },
});

function table(
  context: CommandContext,
  { details, allUsers }: ListOptions,
  tasks: readonly TaskStatus[],
  heading: boolean,
): string {
  const layout = { ...context.layout(details), heading };
  return formatTaskList(tasks, { details, allUsers, nowMs: context.now(), layout });
}

async function print(context: CommandContext, options: ListOptions, answer: ListTasksResponse): Promise<void> {
  const { io, note } = context;
  const { output } = options;
  if (isStructured(output)) await printMessage(io, output, 'ListTasksResponse', answer);
  else if (output === 'name') await io.out(answer.tasks.map(({ taskId }) => `${taskId}\n`).join(''));
  else if (answer.tasks.length === 0) await note('No tasks. Submit one with: k8s-cli jobs submit FILE\n');
  else await io.out(table(context, options, answer.tasks, true));
  if (answer.nextPageToken !== '') {
    await note(`k8s-cli: only the newest ${answer.tasks.length} tasks are shown; there are more\n`);
  }
}
