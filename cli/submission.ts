import type { CommandContext } from './context.js';
import { followLog } from './follow.js';
import { isStructured, type OutputFormat } from './options.js';
import { withOptionName } from './override-names.js';
import { placeIn, splitPlace } from './output/place.js';
import { printMessage } from './output/structured.js';
import { printable } from './output/table.js';
import { taskExitCode } from './task-result.js';

/** What the server answers to every way of submitting a task. */
interface Answer {
  readonly taskId: string;
  readonly warnings: readonly string[];
}

/** How a submission is told. */
export interface SubmissionView {
  /** Name of the answer's message in the protos. */
  readonly typeName: string;
  /** The file that was submitted, if it was one: warnings name places in it. */
  readonly file: string | undefined;
  readonly detach: boolean;
  readonly output: OutputFormat;
}

/** Prints the id of a task that was just submitted, and what the server warned of. */
export async function printSubmitted(
  context: CommandContext,
  answer: Answer,
  { typeName, file, detach, output }: SubmissionView,
): Promise<void> {
  const { io } = context;
  if (isStructured(output)) await printMessage(io, output, typeName, answer, { compact: true });
  else
    await io.out(
      output === 'name' || (detach && !io.outIsTerminal) ? `${answer.taskId}\n` : `Task ${answer.taskId} submitted\n`,
    );
  await noteWarnings(context, answer.warnings, file);
  if (detach && io.outIsTerminal && output === 'text') {
    await context.note(`Follow it with: k8s-cli jobs logs ${answer.taskId}\n`);
  }
}

/** Tells what the server warned of; places are in `file`. */
export async function noteWarnings(
  context: CommandContext,
  warnings: readonly string[],
  file: string | undefined,
): Promise<void> {
  for (const warning of warnings) {
    const { at, words } = splitPlace(warning);
    const where = file === undefined || at === undefined ? '' : `${placeIn(file, at)}: `;
    await context.note(`${context.errStyle('yellow', 'warning:')} ${where}${printable(withOptionName(words))}\n`);
  }
}

/** Follows a task that was just submitted to its end; returns its result as exit code. */
export async function followSubmitted(context: CommandContext, taskId: string, output: OutputFormat): Promise<number> {
  context.scene.following = taskId;
  const { exitCode, summary } = await followLog(context, {
    taskId,
    follow: true,
    timestamps: false,
    nodes: [],
    toStderr: output !== 'text',
  });
  if (isStructured(output) && summary?.task) {
    await printMessage(context.io, output, 'TaskStatus', summary.task, { compact: true });
  }
  // The result of the task counts here, even where a part of its log is missing.
  return (summary?.task && taskExitCode(summary.task, context.scene.resultCodes)) ?? exitCode;
}
