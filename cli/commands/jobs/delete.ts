import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { flag, type OutputFormat, outputOption, positional, withOutput } from '../../options.js';
import { printJson } from '../../output/json.js';
import { printable } from '../../output/table.js';

interface DeleteOptions {
  readonly taskId: string;
  readonly force: boolean;
  readonly output: OutputFormat;
}

/** `jobs delete ID`: record, Jobs, pods and logs of a task. */
export const deleteTask = defineCommand<DeleteOptions>({
  usage: 'delete <id>',
  summary: 'Delete a task that has ended, with its logs',
  build: (yargs) =>
    withOutput(yargs)
      .positional('id', { type: 'string', describe: 'the task id' })
      .option('force', { alias: 'f', type: 'boolean', describe: 'also when it has not ended: its programs are ended' }),
  parse: (args) => ({ taskId: positional(args, 'id'), force: flag(args, 'force'), output: outputOption(args) }),
  run: async (context, { taskId, force, output }) => {
    const client = await context.client();
    const answer = await client.deleteTask(taskId, { force, signal: context.signal });
    if (output === 'json') await printJson(context.io, 'DeleteTaskResponse', answer);
    else await context.io.out(`${printable(answer.message)}\n`);
    return EXIT.ok;
  },
});
