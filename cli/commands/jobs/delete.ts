import { defineCommand } from '../../command.js';
import { forEach } from '../../each.js';
import {
  flag,
  isStructured,
  type OutputFormat,
  outputOption,
  positionals,
  withOutput,
  WRITE_FORMATS,
} from '../../options.js';
import { printMessage } from '../../output/structured.js';
import { printable } from '../../output/table.js';
import { fullTaskId } from '../../short-id.js';

interface DeleteOptions {
  readonly taskIds: readonly string[];
  readonly force: boolean;
  readonly output: OutputFormat;
}

/** `jobs delete ID...`: record, Jobs, pods and logs of tasks. */
export const deleteTask = defineCommand<DeleteOptions>({
  usage: 'delete <id..>',
  summary: 'Delete tasks that have ended, with their logs',
  build: (yargs) =>
    withOutput(yargs, WRITE_FORMATS, { json: 'DeleteTaskResponse', name: 'the ids of the tasks' })
      .positional('id', { type: 'string', array: true, describe: 'the task ids, or their beginnings' })
      .option('force', { alias: 'f', type: 'boolean', describe: 'also what has not ended: its programs are ended' })
      .example('$0 jobs delete abc12345 def67890 --force', 'two tasks, whether they have ended or not'),
  parse: (args) => ({
    taskIds: positionals(args, 'id'),
    force: flag(args, 'force'),
    output: outputOption(args, WRITE_FORMATS),
  }),
  run: async (context, { taskIds, force, output }) => {
    const client = await context.client();
    return forEach(context, taskIds, async (word) => {
      const taskId = await fullTaskId(context, word);
      const answer = await client.deleteTask(taskId, { force, signal: context.signal });
      if (isStructured(output)) {
        await printMessage(context.io, output, 'DeleteTaskResponse', answer, { compact: taskIds.length > 1 });
      } else await context.io.out(`${output === 'name' ? taskId : printable(answer.message)}\n`);
    });
  },
});
