import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import {
  flag,
  isStructured,
  type OutputFormat,
  outputOption,
  positional,
  withOutput,
  WRITE_FORMATS,
} from '../../options.js';
import { printMessage } from '../../output/structured.js';
import { printable } from '../../output/table.js';
import { fullTaskId } from '../../short-id.js';

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
    withOutput(yargs, WRITE_FORMATS, { json: 'DeleteTaskResponse', name: 'the id of the task' })
      .positional('id', { type: 'string', describe: 'the task id, or its beginning' })
      .option('force', { alias: 'f', type: 'boolean', describe: 'also when it has not ended: its programs are ended' }),
  parse: (args) => ({
    taskId: positional(args, 'id'),
    force: flag(args, 'force'),
    output: outputOption(args, WRITE_FORMATS),
  }),
  run: async (context, { taskId: given, force, output }) => {
    const taskId = await fullTaskId(context, given);
    const client = await context.client();
    const answer = await client.deleteTask(taskId, { force, signal: context.signal });
    if (isStructured(output)) await printMessage(context.io, output, 'DeleteTaskResponse', answer);
    else await context.io.out(`${output === 'name' ? taskId : printable(answer.message)}\n`);
    return EXIT.ok;
  },
});
