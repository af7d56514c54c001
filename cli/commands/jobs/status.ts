import type { TaskStatus } from '../../../client/index.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { EXIT } from '../../exit-codes.js';
import {
  flag,
  isStructured,
  optionalPositional,
  type OutputFormat,
  outputOption,
  READ_FORMATS,
  withOutput,
} from '../../options.js';
import { taskIdOrLast } from '../../short-id.js';
import { printMessage } from '../../output/structured.js';
import { formatTaskStatus } from '../../output/task-status.js';
import { onScreen, withWatch } from '../../watch.js';

interface StatusOptions {
  /** Undefined means the last task. */
  readonly taskId: string | undefined;
  readonly watch: boolean;
  readonly output: OutputFormat;
}

/** `jobs status [ID]`: one task with its nodes. */
export const status = defineCommand<StatusOptions>({
  usage: 'status [id]',
  summary: 'Show a task, its nodes and what is wrong with it',
  build: (yargs) =>
    withWatch(withOutput(yargs, READ_FORMATS)).positional('id', {
      type: 'string',
      describe: 'the task id, or its beginning; default: your last task',
    }),
  parse: (args) => ({
    taskId: optionalPositional(args, 'id'),
    watch: flag(args, 'watch'),
    output: outputOption(args, READ_FORMATS),
  }),
  run: async (context, { taskId: given, watch, output }) => {
    const taskId = await taskIdOrLast(context, given);
    if (watch) await watchStatus(context, taskId, output);
    else {
      const client = await context.client();
      await print(context, output, await client.getTask(taskId, { signal: context.signal }), false);
    }
    return EXIT.ok;
  },
});

/** Shows each change until the task has ended: on a terminal in place, elsewhere one after the other. */
async function watchStatus(context: CommandContext, taskId: string, output: OutputFormat): Promise<void> {
  const { io, signal } = context;
  context.scene.endless = true;
  const client = await context.client();
  const changes = client.followTask(taskId, { signal })[Symbol.asyncIterator]();
  let next = await changes.next();
  if (next.done) return;
  let task = next.value;
  if (io.outIsTerminal && (output === 'text' || output === 'wide')) {
    await onScreen(
      context,
      () => text(context, output, task),
      async (screen) => {
        for (next = await changes.next(); !next.done; next = await changes.next()) {
          task = next.value;
          await screen.refresh();
        }
      },
    );
    return;
  }
  for (; !next.done; next = await changes.next()) {
    task = next.value;
    await print(context, output, task, true);
  }
}

function text(context: CommandContext, output: OutputFormat, task: TaskStatus): string {
  return formatTaskStatus(task, context.now(), context.layout(output === 'wide'));
}

async function print(context: CommandContext, output: OutputFormat, task: TaskStatus, compact: boolean): Promise<void> {
  const { io } = context;
  if (isStructured(output)) await printMessage(io, output, 'TaskStatus', task, { compact });
  else if (output === 'name') await io.out(`${task.taskId}\n`);
  else await io.out(`${text(context, output, task)}${compact ? '\n' : ''}`);
}
