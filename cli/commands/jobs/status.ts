import type { TaskStatus } from '../../../client/index.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { EXIT } from '../../exit-codes.js';
import { flag, optionalPositional, type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../../options.js';
import { taskIdOrLast } from '../../short-id.js';
import { printAnswer } from '../../output/answer.js';
import { createLossTeller } from '../../output/lost-connection.js';
import { outageLine, outageTeller } from '../../output/outage.js';
import { restDocument } from '../../output/structured.js';
import { formatTaskStatus } from '../../output/task-status.js';
import type { Layout } from '../../output/table.js';
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
    withWatch(withOutput(yargs, READ_FORMATS, { json: 'TaskStatus', name: 'the id of the task' })).positional('id', {
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
      const task = await client.getTask(taskId, { signal: context.signal });
      await print(context, output, task, false);
      await outageTeller(context)(task.outage);
    }
    return EXIT.ok;
  },
});

/** Shows each change until the task has ended: on a terminal in place, elsewhere one after the other. */
async function watchStatus(context: CommandContext, taskId: string, output: OutputFormat): Promise<void> {
  const { io, signal } = context;
  context.scene.endless = true;
  const client = await context.client();
  const drawn = io.outIsTerminal && (output === 'text' || output === 'wide');
  /** What stands above the task while the server is away. */
  let away = '';
  let refresh = (): Promise<void> => context.note(away);
  const draw = (line: string): Promise<void> => {
    away = line;
    return refresh();
  };
  const { onReconnect } = createLossTeller(drawn ? { ...context, note: draw } : context).stream();
  const states = client.followTask(taskId, { signal, onReconnect });
  const changes = states[Symbol.asyncIterator]();
  let next = await changes.next();
  if (next.done) return;
  let task = next.value;
  away = '';
  if (drawn) {
    await onScreen(
      context,
      () => away + outageLine(task.outage, context.now()) + text(context, output, task),
      async (screen) => {
        refresh = () => screen.refresh();
        for (next = await changes.next(); !next.done; next = await changes.next()) {
          task = next.value;
          await draw('');
        }
      },
    );
    return;
  }
  const tellOutage = outageTeller(context);
  for (; !next.done; next = await changes.next()) {
    task = next.value;
    await tellOutage(task.outage);
    await print(context, output, task, true);
  }
}

function text(context: CommandContext, output: OutputFormat, task: TaskStatus): string {
  return formatTaskStatus(task, context.now(), context.layout(output === 'wide'));
}

async function print(context: CommandContext, output: OutputFormat, task: TaskStatus, compact: boolean): Promise<void> {
  const answer = {
    document: () => restDocument('TaskStatus', task),
    names: [task.taskId],
    text: (layout: Layout) => `${formatTaskStatus(task, context.now(), layout)}${compact ? '\n' : ''}`,
  };
  await printAnswer(context, output, answer, { compact });
}
