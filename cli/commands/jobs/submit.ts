import { readFile } from 'node:fs/promises';
import type { SubmitTaskResponse } from '../../../client/index.js';
import { defineCommand } from '../../command.js';
import { isCode, reasonOf } from '../../config.js';
import type { CommandContext } from '../../context.js';
import { usageError } from '../../errors.js';
import { EXIT } from '../../exit-codes.js';
import { flag, type OutputFormat, outputOption, positionals, withOutput, WRITE_FORMATS } from '../../options.js';
import { followSubmitted, printSubmitted } from '../../submission.js';

interface SubmitOptions {
  readonly files: readonly string[];
  readonly detach: boolean;
  readonly output: OutputFormat;
}

/** A task file that was read. */
interface TaskFile {
  readonly file: string;
  readonly taskYaml: string;
}

const MAX_FILE_BYTES = 1024 * 1024;

/** `jobs submit FILE…`: prints the id at once, then the log, and ends with the task's own result. */
export const submit = defineCommand<SubmitOptions>({
  usage: 'submit <file..>',
  summary: 'Submit task files and follow their logs',
  build: (yargs) =>
    withOutput(yargs, WRITE_FORMATS)
      .positional('file', {
        type: 'string',
        array: true,
        describe: 'the task.yaml; several are checked before the first is submitted',
      })
      .option('detach', { alias: 'd', type: 'boolean', describe: 'return at once instead of following the logs' })
      .example('$0 jobs submit task.yaml', 'submit, follow the logs, exit with the result of the task')
      .example('id=$($0 jobs submit task.yaml --detach)', 'outside a terminal --detach prints the id and nothing else')
      .epilogue(
        'With -o json stdout has the answer to the submission on one line and, unless detached, the final status of the ' +
          'task on another; the log goes to stderr. Of several files all are checked before the first is submitted; then their logs ' +
          'follow one after the other, and the exit code is that of the first task that did not complete.',
      ),
  parse: (args) => ({
    files: positionals(args, 'file'),
    detach: flag(args, 'detach'),
    output: outputOption(args, WRITE_FORMATS),
  }),
  run: async (context, { files, detach, output }) => {
    const tasks = await Promise.all(files.map(async (file) => ({ file, taskYaml: await readTaskFile(file) })));
    const several = tasks.length > 1;
    if (several) await checkAll(context, tasks);
    const submitted: { readonly file: string; readonly taskId: string }[] = [];
    for (const { file, taskYaml } of tasks) {
      const { taskId } = await submitOne(context, { file, taskYaml }, detach, output);
      submitted.push({ file, taskId });
    }
    if (detach) return EXIT.ok;
    let result: number = EXIT.ok;
    for (const { file, taskId } of submitted) {
      if (several) await context.note(`==> ${file} (${taskId}) <==\n`);
      const exitCode = await followSubmitted(context, taskId, output);
      if (context.signal.aborted) return exitCode;
      result ||= exitCode;
    }
    return result;
  },
});

async function submitOne(
  context: CommandContext,
  { file, taskYaml }: TaskFile,
  detach: boolean,
  output: OutputFormat,
): Promise<SubmitTaskResponse> {
  context.scene.file = file;
  const client = await context.client();
  context.scene.unsure = 'it is not known whether the task was submitted: see k8s-cli jobs list';
  const answer = await client.submitTask({ taskYaml }, { signal: context.signal });
  context.scene.unsure = undefined;
  await printSubmitted(context, answer, { typeName: 'SubmitTaskResponse', file, detach, output });
  return answer;
}

/** Checks all of several files before the first is submitted: a mistake in one must not leave half of them running. */
async function checkAll(context: CommandContext, tasks: readonly TaskFile[]): Promise<void> {
  const client = await context.client();
  for (const { file, taskYaml } of tasks) {
    context.scene.file = file;
    await client.submitTask({ taskYaml, validateOnly: true }, { signal: context.signal });
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
