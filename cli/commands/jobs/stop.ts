import { taskStateWord } from '../../../client/task-state.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { usageError } from '../../errors.js';
import { forEach } from '../../each.js';
import { EXIT } from '../../exit-codes.js';
import {
  flag,
  isStructured,
  type OutputFormat,
  outputOption,
  positionals,
  secondsOption,
  textOption,
  withOutput,
  withYes,
  WRITE_FORMATS,
} from '../../options.js';
import { confirmed } from '../../confirm.js';
import { printMessage } from '../../output/structured.js';
import { printable } from '../../output/table.js';
import { fullTaskId } from '../../short-id.js';

/** What --force leaves: without any time Kubernetes forgets a pod before its programs have ended. */
const FORCED_SECONDS = 1;

interface StopOptions {
  /** None means all of them. */
  readonly taskIds: readonly string[];
  readonly allUsers: boolean;
  readonly reason: string;
  readonly graceSeconds: number | undefined;
  readonly yes: boolean;
  readonly output: OutputFormat;
}

/** Of more tasks than this the question names the first ones. */
const NAMED = 5;

/** `jobs stop ID...` and `jobs stop --all`. */
export const stop = defineCommand<StopOptions>({
  usage: 'stop [id..]',
  summary: 'Stop tasks, or all of them',
  build: (yargs) =>
    withYes(
      withOutput(yargs, WRITE_FORMATS, {
        json: 'StopTaskResponse, with --all StopTasksResponse',
        name: 'the ids of the tasks',
      }),
    )
      .positional('id', { type: 'string', array: true, describe: 'the task ids, or their beginnings' })
      .option('all', { alias: 'a', type: 'boolean', describe: 'all your unfinished tasks' })
      .option('reason', { type: 'string', requiresArg: true, describe: 'why; kept with the task and shown' })
      .option('grace', {
        type: 'string',
        requiresArg: true,
        describe: 'most time that programs have between SIGTERM and SIGKILL, such as 5s',
      })
      .option('force', { alias: 'f', type: 'boolean', describe: 'the same as --grace 1s' })
      .option('all-users', { alias: 'u', type: 'boolean', describe: 'with --all: the tasks of all users' }),
  parse: (args) => {
    const all = flag(args, 'all');
    const allUsers = flag(args, 'all-users');
    if (allUsers && !all) throw usageError('--all-users only goes with --all: k8s-cli jobs stop --all --all-users');
    const taskIds = Array.isArray(args['id']) && args['id'].length > 0 ? positionals(args, 'id') : [];
    if (all && taskIds.length > 0) throw usageError('give either a task id or --all, not both');
    if (!all && taskIds.length === 0) throw usageError('which task? give its id, or --all for all your tasks');
    const reason = textOption(args, 'reason') ?? '';
    const grace = secondsOption(args, 'grace');
    if (grace !== undefined && grace < FORCED_SECONDS) throw usageError('--grace must be at least 1s');
    if (grace !== undefined && flag(args, 'force')) throw usageError('give either --grace or --force, not both');
    const graceSeconds = flag(args, 'force') ? FORCED_SECONDS : grace;
    const output = outputOption(args, WRITE_FORMATS);
    if (all && output === 'name')
      throw usageError('-o name goes with task ids: --all only tells how many were stopped');
    return {
      taskIds,
      reason,
      graceSeconds,
      allUsers,
      yes: flag(args, 'yes'),
      output,
    };
  },
  run: async (context, options) => {
    const { taskIds, allUsers, reason, graceSeconds, yes, output } = options;
    if (taskIds.length > 0) return forEach(context, taskIds, (word) => stopOne(context, word, options));
    const client = await context.client();
    if (!(await confirmed(context, yes, () => stopQuestion(context, allUsers)))) return EXIT.failure;
    const answer = await client.stopTasks({ allUsers }, { signal: context.signal, reason, graceSeconds });
    if (isStructured(output)) await printMessage(context.io, output, 'StopTasksResponse', answer);
    else await context.io.out(`${printable(answer.message)}\n`);
    return EXIT.ok;
  },
});

async function stopQuestion(context: CommandContext, allUsers: boolean): Promise<string | undefined> {
  const client = await context.client();
  const { tasks } = await client.listTasks({ allUsers }, { signal: context.signal });
  const unfinished = tasks.filter(({ state }) => ['pending', 'running'].includes(taskStateWord(state)));
  if (unfinished.length === 0) return undefined;
  const named = unfinished.slice(0, NAMED).map(({ taskId, name }) => `${taskId} (${printable(name)})`);
  const which = `${named.join(', ')}${unfinished.length > NAMED ? ', …' : ''}`;
  const one = unfinished.length === 1;
  if (!allUsers) return `Stop your ${one ? 'unfinished task' : `${unfinished.length} unfinished tasks:`} ${which}?`;
  const users = new Set(unfinished.map(({ username }) => username)).size;
  const count = `${unfinished.length} unfinished ${one ? 'task' : 'tasks'} of ${users} ${users === 1 ? 'user' : 'users'}`;
  return `Stop ${count}: ${which}?`;
}

async function stopOne(
  context: CommandContext,
  given: string,
  { taskIds, reason, graceSeconds, output }: StopOptions,
): Promise<void> {
  const { io, signal } = context;
  const taskId = await fullTaskId(context, given);
  const client = await context.client();
  const answer = await client.stopTask(taskId, { signal, reason, graceSeconds });
  if (isStructured(output)) {
    await printMessage(io, output, 'StopTaskResponse', answer, { compact: taskIds.length > 1 });
  } else await io.out(`${output === 'name' ? taskId : printable(answer.message)}\n`);
}
