import { defineCommand } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { flag, type OutputFormat, outputOption, positional, withOutput, WRITE_FORMATS } from '../../options.js';
import { fullTaskId } from '../../short-id.js';
import { followSubmitted, printSubmitted } from '../../submission.js';

interface RerunOptions {
  readonly taskId: string;
  readonly detach: boolean;
  readonly output: OutputFormat;
}

/** `jobs rerun ID`: the same task once more, under a new id. */
export const rerun = defineCommand<RerunOptions>({
  usage: 'rerun <id>',
  summary: 'Submit a task again as it was, secrets included, and follow its logs',
  build: (yargs) =>
    withOutput(yargs, WRITE_FORMATS, {
      json: 'RerunTaskResponse, then the final TaskStatus',
      name: 'the id of the task',
    })
      .positional('id', { type: 'string', describe: 'the task id, or its beginning' })
      .option('detach', { alias: 'd', type: 'boolean', describe: 'return at once instead of following the logs' })
      .epilogue('What is printed, and the exit code, are those of jobs submit. The first task stays as it is.'),
  parse: (args) => ({
    taskId: positional(args, 'id'),
    detach: flag(args, 'detach'),
    output: outputOption(args, WRITE_FORMATS),
  }),
  run: async (context, { taskId, detach, output }) => {
    const client = await context.client();
    const again = await fullTaskId(context, taskId);
    context.scene.unsure = 'it is not known whether the task was submitted: see k8s-cli jobs list';
    const answer = await client.rerunTask(again, { signal: context.signal });
    context.scene.unsure = undefined;
    await printSubmitted(context, answer, { typeName: 'RerunTaskResponse', file: undefined, detach, output });
    return detach ? EXIT.ok : followSubmitted(context, answer.taskId, output);
  },
});
