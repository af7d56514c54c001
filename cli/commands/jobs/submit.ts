import type { SubmitTaskResponse, TaskOverrides } from '../../../client/index.js';
import { sourceOf } from '../../../taskfile/source.js';
import { defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { EXIT, type ResultCodes } from '../../exit-codes.js';
import {
  flag,
  LENIENT,
  type OutputFormat,
  outputOption,
  positionals,
  withOutput,
  WRITE_FORMATS,
} from '../../options.js';
import { printObjects } from '../../output/objects.js';
import { printable } from '../../output/table.js';
import {
  overrideFiles,
  type OverrideOptions,
  overrideOptions,
  overridesMessage,
  resolveOverrides,
  withOverrides,
} from '../../overrides.js';
import { forEachFile } from '../../each-file.js';
import { resultCodesOption, withResultCodes } from '../../result-codes.js';
import { followSubmitted, noteWarnings, printSubmitted } from '../../submission.js';
import { checkStdinOnce, fileName, readTextFile } from '../../text-file.js';

interface SubmitOptions {
  readonly files: readonly string[];
  readonly overrides: OverrideOptions;
  readonly strict: boolean;
  readonly lenient: boolean;
  readonly dryRun: boolean;
  readonly detach: boolean;
  readonly resultCodes: ResultCodes;
  readonly output: OutputFormat;
}

/** A task file that was read, with what is to be different from it. */
interface TaskFile {
  /** Its name in messages. */
  readonly file: string;
  readonly taskYaml: string;
  readonly overrides: TaskOverrides;
  readonly strict: boolean;
  readonly lenient: boolean;
}

/** `jobs submit FILE…`: prints the id at once, then the log, and ends with the task's own result. */
export const submit = defineCommand<SubmitOptions>({
  usage: 'submit <file..>',
  summary: 'Submit task files and follow their logs',
  build: (yargs) =>
    withOverrides(
      withResultCodes(
        withOutput(yargs, WRITE_FORMATS, {
          json: 'SubmitTaskResponse, then the final TaskStatus; with --dry-run the objects',
          name: 'the ids of the tasks',
        }),
      ),
    )
      .positional('file', {
        type: 'string',
        array: true,
        describe: 'the task.yaml, or - for stdin; several are checked before the first is submitted',
      })
      .option('detach', { alias: 'd', type: 'boolean', describe: 'return at once instead of following the logs' })
      .option('dry-run', { type: 'boolean', describe: 'have the cluster check all objects, show them, create nothing' })
      .option('strict', { type: 'boolean', describe: 'refuse the task rather than warn of anything in it' })
      .option('lenient', LENIENT)
      .conflicts('strict', 'lenient')
      .example('$0 jobs submit task.yaml', 'submit, follow the logs, exit with the result of the task')
      .example('id=$($0 jobs submit task.yaml --detach)', 'outside a terminal --detach prints the id and nothing else')
      .example('$0 jobs submit task.yaml --env LR=0.1 --gpus 2', 'the same task with something else')
      .example('$0 jobs submit task.yaml --dry-run -o yaml', 'the Kubernetes objects that would be created')
      .epilogue(
        'With -o json stdout has the answer to the submission on one line and, unless detached, the final status of the ' +
          'task on another; the log goes to stderr. Of several files all are checked before the first is submitted; then their logs ' +
          'follow one after the other, and the exit code is that of the first task that did not complete.',
      ),
  parse: (args) => {
    const files = positionals(args, 'file');
    const overrides = overrideOptions(args);
    checkStdinOnce([...files, ...overrideFiles(overrides)]);
    return {
      files,
      overrides,
      strict: flag(args, 'strict'),
      lenient: flag(args, 'lenient'),
      dryRun: flag(args, 'dry-run'),
      detach: flag(args, 'detach'),
      resultCodes: resultCodesOption(args),
      output: outputOption(args, WRITE_FORMATS),
    };
  },
  run: async (context, { files, overrides: options, strict, lenient, dryRun, detach, resultCodes, output }) => {
    context.scene.resultCodes = resultCodes;
    const overrides = overridesMessage(await resolveOverrides(context, options));
    const read = async (name: string): Promise<TaskFile> => {
      const taskYaml = await readTextFile(name, context.io, context.signal);
      return { file: fileName(name), taskYaml, overrides, strict, lenient };
    };
    const tasks: TaskFile[] = [];
    const answers: SubmitTaskResponse[] = [];
    const several = files.length > 1;
    // A mistake in one must not leave half of them running, and all of them are told at once.
    const exitCode = await forEachFile(context, files, async (name) => {
      const task = await read(name);
      if (several || dryRun) answers.push(await checkOne(context, task));
      tasks.push(task);
    });
    if (exitCode !== EXIT.ok) return exitCode;
    if (dryRun) return showChecked(context, tasks, answers, output);
    const submitted: { readonly file: string; readonly taskId: string }[] = [];
    for (const task of tasks) {
      const { taskId } = await submitOne(context, task, detach, output);
      submitted.push({ file: task.file, taskId });
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
  { file, ...task }: TaskFile,
  detach: boolean,
  output: OutputFormat,
): Promise<SubmitTaskResponse> {
  context.scene.file = { name: file, source: sourceOf(task.taskYaml) };
  const client = await context.client();
  context.scene.unsure = 'it is not known whether the task was submitted: see k8s-cli jobs list';
  const answer = await client.submitTask(task, { signal: context.signal });
  context.scene.unsure = undefined;
  await printSubmitted(context, answer, { typeName: 'SubmitTaskResponse', file, detach, output });
  return answer;
}

/** Has a file checked by server and cluster; nothing is created. */
async function checkOne(context: CommandContext, { file, ...task }: TaskFile): Promise<SubmitTaskResponse> {
  context.scene.file = { name: file, source: sourceOf(task.taskYaml) };
  const client = await context.client();
  return client.submitTask({ ...task, validateOnly: true }, { signal: context.signal });
}

async function showChecked(
  context: CommandContext,
  tasks: readonly TaskFile[],
  answers: readonly SubmitTaskResponse[],
  output: OutputFormat,
): Promise<number> {
  const objects = answers.flatMap((answer) => answer.objects);
  await printObjects(context.io, output, objects, context.layout(false));
  for (const [index, { message, warnings }] of answers.entries()) {
    const file = tasks[index]?.file;
    await noteWarnings(context, warnings, file);
    await context.note(`${file}: ${printable(message)}\n`);
  }
  await context.note('Nothing was created.\n');
  return EXIT.ok;
}
