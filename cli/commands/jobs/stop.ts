import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { usageError } from '../../errors.js';
import { EXIT } from '../../exit-codes.js';
import { flag, type OutputFormat, outputOption, positional, withOutput } from '../../options.js';
import { printJson } from '../../output/json.js';
import { printable } from '../../output/table.js';

interface StopOptions {
  /** One task; undefined means all of them. */
  readonly taskId: string | undefined;
  readonly allUsers: boolean;
  readonly output: OutputFormat;
}

/** `jobs stop ID` and `jobs stop --all`. */
export const stop = defineCommand<StopOptions>({
  usage: 'stop [id]',
  summary: 'Stop a task, or all of them',
  build: (yargs) =>
    withOutput(yargs)
      .positional('id', { type: 'string', describe: 'the task id' })
      .option('all', { alias: 'a', type: 'boolean', describe: 'all your unfinished tasks' })
      .option('all-users', { alias: 'u', type: 'boolean', describe: 'with --all: the tasks of all users' }),
  parse: (args) => {
    const all = flag(args, 'all');
    const allUsers = flag(args, 'all-users');
    if (allUsers && !all) throw usageError('--all-users only goes with --all: k8s-cli jobs stop --all --all-users');
    if (all && args['id'] !== undefined) throw usageError('give either a task id or --all, not both');
    if (!all && args['id'] === undefined) throw usageError('which task? give its id, or --all for all your tasks');
    return { taskId: all ? undefined : positional(args, 'id'), allUsers, output: outputOption(args) };
  },
  run: async (context, { taskId, allUsers, output }) => {
    if (taskId !== undefined) return stopOne(context, taskId, output);
    const client = await context.client();
    const answer = await client.stopTasks({ allUsers }, { signal: context.signal });
    if (output === 'json') await printJson(context.io, 'StopTasksResponse', answer);
    else await context.io.out(`${printable(answer.message)}\n`);
    return EXIT.ok;
  },
});

async function stopOne(context: CommandContext, taskId: string, output: OutputFormat): Promise<number> {
  const { io, signal } = context;
  const client = await context.client();
  const answer = await client.stopTask(taskId, { signal });
  if (output === 'json') await printJson(io, 'StopTaskResponse', answer);
  else await io.out(`${printable(answer.message)}\n`);
  return EXIT.ok;
}
