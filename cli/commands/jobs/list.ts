import type { ClusterOutage, ListTasksResponse, TaskStatus } from '../../../client/index.js';
import { toDuration } from '../../../client/duration.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { oneOf } from '../../declarations.js';
import { EXIT } from '../../exit-codes.js';
import {
  flag,
  type OutputFormat,
  outputOption,
  READ_FORMATS,
  secondsOption,
  textOption,
  wholeNumber,
  withOutput,
  wordOption,
} from '../../options.js';
import { printAnswer } from '../../output/answer.js';
import { outageLine, outageTeller } from '../../output/outage.js';
import { restDocument } from '../../output/structured.js';
import { formatTaskList } from '../../output/task-list.js';
import { STATUS_WORDS } from '../../output/task-words.js';
import { watchList, withWatch } from '../../watch.js';

interface ListOptions {
  readonly details: boolean;
  readonly allUsers: boolean;
  readonly watch: boolean;
  readonly filter: TaskFilter;
  /** At most so many tasks; undefined for all. */
  readonly limit: number | undefined;
  readonly output: OutputFormat;
}

/** Which tasks are wanted; what is undefined does not matter. */
interface TaskFilter {
  readonly status: string | undefined;
  readonly name: string | undefined;
  readonly sinceSeconds: number | undefined;
}

const STATUS_MEANINGS = Object.fromEntries(STATUS_WORDS.map((word) => [word, 'tasks of this status']));

/** Most tasks of one answer of the server. */
const MAX_PAGE = 1000;

/** `jobs list`: newest first. */
export const list = defineCommand<ListOptions>({
  usage: 'list',
  summary: 'List tasks, newest first',
  build: (yargs) =>
    withWatch(withOutput(yargs, READ_FORMATS, { json: 'ListTasksResponse', name: 'the ids of the tasks' }))
      .option('details', {
        alias: 'd',
        type: 'boolean',
        describe: 'also user, times and the names in Kubernetes, where there is room',
      })
      .option('all-users', { alias: 'u', type: 'boolean', describe: 'the tasks of all users' })
      .option('status', oneOf(STATUS_MEANINGS, 'only pending, running, completed, failed or stopped ones'))
      .option('name', { type: 'string', requiresArg: true, describe: 'only tasks of exactly this name' })
      .option('since', {
        type: 'string',
        requiresArg: true,
        describe: 'only those submitted within 45s, 10m, 1h30m, 2d',
      })
      .option('limit', { alias: 'n', type: 'string', requiresArg: true, describe: 'at most so many' })
      .example('$0 jobs list --status failed --since 1d', 'what failed since yesterday'),
  parse: (args) => {
    const output = outputOption(args, READ_FORMATS);
    const details = flag(args, 'details') || output === 'wide';
    const limit = textOption(args, 'limit');
    return {
      details,
      allUsers: flag(args, 'all-users'),
      watch: flag(args, 'watch'),
      filter: {
        status: wordOption(args, 'status', STATUS_WORDS),
        name: textOption(args, 'name'),
        sinceSeconds: secondsOption(args, 'since'),
      },
      limit: limit === undefined ? undefined : wholeNumber(limit, '--limit', 1),
      output,
    };
  },
  run: async (context, options) => {
    const fetch = (): Promise<ListTasksResponse> => fetchTasks(context, options);
    if (options.watch) await watchTasks(context, options, fetch);
    await print(context, options, await fetch());
    return EXIT.ok;
  },
});

async function watchTasks(
  context: CommandContext,
  options: ListOptions,
  fetch: () => Promise<ListTasksResponse>,
): Promise<never> {
  const tellOutage = outageTeller(context);
  let outage: ClusterOutage | undefined;
  return watchList(context, options.output, {
    typeName: 'TaskStatus',
    fetch: async (drawn) => {
      const answer = await fetch();
      outage = drawn ? answer.outage : undefined;
      if (!drawn) await tellOutage(answer.outage);
      return answer.tasks;
    },
    idOf: ({ taskId }) => taskId,
    table: (tasks, heading) => outageLine(outage, context.now()) + table(context, options, tasks, heading),
  });
}

/** The tasks that are wanted, over as many pages as that takes. */
async function fetchTasks(
  context: CommandContext,
  { allUsers, filter: { status, name, sinceSeconds }, limit }: ListOptions,
): Promise<ListTasksResponse> {
  const client = await context.client();
  const tasks: TaskStatus[] = [];
  for (let pageToken = ''; ; ) {
    const request = {
      allUsers,
      status: status ?? '',
      name: name ?? '',
      since: toDuration(sinceSeconds),
      pageSize: limit === undefined ? 0 : Math.min(limit - tasks.length, MAX_PAGE),
      pageToken,
    };
    const page = await client.listTasks(request, { signal: context.signal });
    tasks.push(...page.tasks);
    pageToken = page.nextPageToken;
    if (pageToken === '' || limit === undefined || tasks.length >= limit) return { ...page, tasks };
  }
}

function isFiltered({ filter }: ListOptions): boolean {
  return Object.values(filter).some((wanted) => wanted !== undefined);
}

function table(
  context: CommandContext,
  { details, allUsers, output }: ListOptions,
  tasks: readonly TaskStatus[],
  heading: boolean,
): string {
  const layout = { ...context.layout(output === 'wide'), heading };
  return formatTaskList(tasks, { details, allUsers, nowMs: context.now(), layout });
}

async function print(context: CommandContext, options: ListOptions, answer: ListTasksResponse): Promise<void> {
  const { note } = context;
  await printAnswer(context, options.output, {
    document: () => restDocument('ListTasksResponse', answer),
    names: answer.tasks.map(({ taskId }) => taskId),
    text: async () => {
      if (answer.tasks.length > 0) return table(context, options, answer.tasks, true);
      await note(
        isFiltered(options)
          ? 'No task fits. Without the filters: k8s-cli jobs list\n'
          : 'No tasks. Submit one with: k8s-cli jobs submit FILE\n',
      );
      return '';
    },
  });
  if (answer.nextPageToken !== '' && options.limit === undefined) {
    await note(`k8s-cli: only the newest ${answer.tasks.length} tasks are shown; there are more\n`);
  }
  await outageTeller(context)(answer.outage);
}
