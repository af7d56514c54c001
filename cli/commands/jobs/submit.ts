import { readFile } from 'node:fs/promises';
import type { SubmitTaskResponse } from '../../../client/index.js';
import { defineCommand } from '../../command.js';
import { isCode, reasonOf } from '../../config.js';
import type { CommandContext } from '../../context.js';
import { usageError } from '../../errors.js';
import { EXIT } from '../../exit-codes.js';
import { followTask } from '../../follow.js';
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
import { splitPlace } from '../../output/place.js';
import { printable } from '../../output/table.js';
import { taskExitCode } from '../../task-result.js';

interface SubmitOptions {
  readonly file: string;
  readonly detach: boolean;
  readonly output: OutputFormat;
}

const MAX_FILE_BYTES = 1024 * 1024;

/** `jobs submit FILE`: prints the id at once, then the log, and ends with the task's own result. */
export const submit = defineCommand<SubmitOptions>({
  usage: 'submit <file>',
  summary: 'Submit a task file and follow its logs',
  build: (yargs) =>
    withOutput(yargs, WRITE_FORMATS)
      .positional('file', { type: 'string', describe: 'the task.yaml' })
      .option('detach', { alias: 'd', type: 'boolean', describe: 'return at once instead of following the logs' })
      .example('$0 jobs submit task.yaml', 'submit, follow the logs, exit with the result of the task')
      .example('id=$($0 jobs submit task.yaml --detach)', 'outside a terminal --detach prints the id and nothing else')
      .epilogue(
        'With -o json stdout has the answer to the submission on one line and, unless detached, the final status of the ' +
          'task on another; the log goes to stderr.',
      ),
  parse: (args) => ({
    file: positional(args, 'file'),
    detach: flag(args, 'detach'),
    output: outputOption(args, WRITE_FORMATS),
  }),
  run: async (context, { file, detach, output }) => {
    const taskYaml = await readTaskFile(file);
    context.scene.file = file;
    const client = await context.client();
    context.scene.unsure = 'it is not known whether the task was submitted: see k8s-cli jobs list';
    const answer = await client.submitTask({ taskYaml }, { signal: context.signal });
    context.scene.unsure = undefined;
    context.scene.following = answer.taskId;
    await printAnswer(context, answer, { file, detach, output });
    if (detach) return EXIT.ok;
    const { io } = context;
    const { exitCode, summary } = await followTask(context, {
      taskId: answer.taskId,
      follow: true,
      timestamps: false,
      nodes: [],
      toStderr: output !== 'text',
    });
    if (isStructured(output) && summary?.task) {
      await printMessage(io, output, 'TaskStatus', summary.task, { compact: true });
    }
    // The result of the task counts here, even where a part of its log is missing.
    return (summary?.task && taskExitCode(summary.task)) ?? exitCode;
  },
});

async function printAnswer(
  context: CommandContext,
  answer: SubmitTaskResponse,
  { file, detach, output }: SubmitOptions,
): Promise<void> {
  const { io } = context;
  if (isStructured(output)) await printMessage(io, output, 'SubmitTaskResponse', answer, { compact: true });
  else
    await io.out(
      output === 'name' || (detach && !io.outIsTerminal) ? `${answer.taskId}\n` : `Task ${answer.taskId} submitted\n`,
    );
  for (const warning of answer.warnings) {
    const { place, words } = splitPlace(warning);
    await context.note(
      `${context.errStyle('yellow', 'warning:')} ${place === '' ? '' : `${file}${place}: `}${printable(words)}\n`,
    );
  }
  if (detach && io.outIsTerminal && output === 'text') {
    await context.note(`Follow it with: k8s-cli jobs logs ${answer.taskId}\n`);
  }
}

async function readTaskFile(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (isCode(error, 'ENOENT')) throw usageError(`${file}: no such file; name the task file to submit`);
    if (isCode(error, 'EISDIR')) throw usageError(`${file}: is a directory; name the task file in it`);
    throw usageError(`${file}: cannot be read: ${reasonOf(error)}`);
  }
  if (bytes.length > MAX_FILE_BYTES) {
    throw usageError(`${file}: has ${bytes.length} bytes; a task file has at most ${MAX_FILE_BYTES}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usageError(`${file}: is not UTF-8 text`);
  }
}
