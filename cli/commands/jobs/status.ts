import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { type OutputFormat, outputOption, positional, withOutput } from '../../options.js';
import { printJson } from '../../output/json.js';
import { formatTaskStatus } from '../../output/task-status.js';

interface StatusOptions {
  readonly taskId: string;
  readonly output: OutputFormat;
}

/** `jobs status ID`: one task with its nodes. */
export const status = defineCommand<StatusOptions>({
  usage: 'status <id>',
  summary: 'Show a task, its nodes and what is wrong with it',
  build: (yargs) => withOutput(yargs).positional('id', { type: 'string', describe: 'the task id' }),
  parse: (args) => ({ taskId: positional(args, 'id'), output: outputOption(args) }),
  run: async (context, { taskId, output }) => {
    const client = await context.client();
    const task = await client.getTask(taskId, { signal: context.signal });
    if (output === 'json') await printJson(context.io, 'TaskStatus', task);
    else await context.io.out(formatTaskStatus(task, context.now()));
    return EXIT.ok;
  },
});
