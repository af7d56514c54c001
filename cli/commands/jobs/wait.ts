import type { Client, TaskStatus } from '../../../client/index.js';
import { type Arguments, defineCommand } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { EXIT, type ResultCodes, SKY_EXIT } from '../../exit-codes.js';
import {
  flag,
  type OutputFormat,
  outputOption,
  positionals,
  READ_FORMATS,
  secondsOption,
  withOutput,
} from '../../options.js';
import { type Answer, printAnswer } from '../../output/answer.js';
import { createLossTeller, type StreamLoss } from '../../output/lost-connection.js';
import { outageTeller } from '../../output/outage.js';
import { restDocument } from '../../output/structured.js';
import { formatTaskStatus } from '../../output/task-status.js';
import { usageError } from '../../errors.js';
import { fullTaskId } from '../../short-id.js';
import { resultCodesOption, withResultCodes } from '../../result-codes.js';
import { describeResult, taskExitCode } from '../../task-result.js';

/** Longer times a timer of Node does not know. */
const MAX_TIMEOUT_MS = 24 * 86_400_000;

interface WaitOptions {
  readonly taskIds: readonly string[];
  readonly timeoutMs: number | undefined;
  readonly any: boolean;
  readonly resultCodes: ResultCodes;
  readonly output: OutputFormat;
}

/** `jobs wait ID…`: until the tasks have ended, however they do. */
export const wait = defineCommand<WaitOptions>({
  usage: 'wait <id..>',
  summary: 'Wait until tasks have ended, whether well or not',
  build: (yargs) =>
    withResultCodes(
      withOutput(yargs, READ_FORMATS, {
        json: 'TaskStatus of each task when it has ended',
        name: 'the ids of the tasks',
        wide: 'all of it, as jobs status has it',
      }),
    )
      .positional('id', { type: 'string', array: true, describe: 'the task ids, or their beginnings' })
      .option('timeout', { type: 'string', requiresArg: true, describe: 'wait no longer than this: 45s, 10m, 1h30m' })
      .option('any', { type: 'boolean', describe: 'only until the first of them has ended' })
      .example('$0 jobs wait abc12345 def67890 --timeout 1h', 'the result of both, or 124 after an hour')
      .epilogue(
        'Says of each task how it ended. The exit code is 0 when all completed, else that of the first task in the order given ' +
          'that did not; 123 when a task is not found or deleted meanwhile, 124 when the time was up.',
      ),
  parse: (args) => {
    const taskIds = positionals(args, 'id');
    return {
      taskIds,
      timeoutMs: timeoutOption(args),
      any: flag(args, 'any'),
      resultCodes: resultCodesOption(args),
      output: outputOption(args, READ_FORMATS),
    };
  },
  run: async (context, { taskIds: given, timeoutMs, any, resultCodes, output }) => {
    context.scene.resultCodes = resultCodes;
    const client = await context.client();
    const taskIds = [...new Set(await Promise.all(given.map((word) => fullTaskId(context, word))))];
    const enough = new AbortController();
    const time = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([context.signal, enough.signal, ...(time ? [time] : [])]);
    const ended = new Map<string, TaskStatus>();
    const tellOutage = outageTeller(context);
    const loss = createLossTeller(context);
    const waits = taskIds.map(async (taskId) => {
      const task = await untilEnded(client, taskId, { tellOutage, loss: loss.stream() }, signal);
      if (signal.aborted) return;
      ended.set(taskId, task);
      await tell(context, task, output);
    });
    try {
      await (any ? Promise.race(waits) : Promise.all(waits));
    } catch (error) {
      if (!time?.aborted || context.signal.aborted) throw error;
    } finally {
      enough.abort();
      await Promise.allSettled(waits);
    }
    if (time?.aborted && (any ? ended.size === 0 : ended.size < taskIds.length)) {
      return timedOut(
        context,
        taskIds.filter((taskId) => !ended.has(taskId)),
      );
    }
    const codes = taskIds.flatMap((taskId) => {
      const task = ended.get(taskId);
      return task ? (taskExitCode(task, resultCodes) ?? EXIT.failure) : [];
    });
    return codes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
  },
});

async function tell(context: CommandContext, task: TaskStatus, output: OutputFormat): Promise<void> {
  const nowMs = context.now();
  const answer: Answer = {
    document: () => restDocument('TaskStatus', task),
    names: [task.taskId],
    text: (layout, wide) =>
      wide ? `${formatTaskStatus(task, nowMs, layout)}\n` : describeResult(task, nowMs, context.style),
  };
  await printAnswer(context, output, answer, { compact: true });
}

async function untilEnded(
  client: Client,
  taskId: string,
  { tellOutage, loss }: { readonly tellOutage: ReturnType<typeof outageTeller>; readonly loss: StreamLoss },
  signal: AbortSignal,
): Promise<TaskStatus> {
  let last: TaskStatus | undefined;
  for await (const task of client.followTask(taskId, { signal, onReconnect: loss.onReconnect })) {
    loss.heard();
    await tellOutage(task.outage);
    last = task;
  }
  if (!last) throw new Error(`nothing was heard of task ${taskId}`);
  return last;
}

async function timedOut({ io, scene }: CommandContext, taskIds: readonly string[]): Promise<number> {
  await io.err(`Time is up; not ended: ${taskIds.join(', ')}\n`);
  return scene.resultCodes === 'sky' ? SKY_EXIT.notFinished : EXIT.timedOut;
}

/** Whole milliseconds, as timers take them. */
function timeoutOption(args: Arguments): number | undefined {
  const seconds = secondsOption(args, 'timeout');
  if (seconds === undefined) return undefined;
  const ms = Math.ceil(seconds * 1000);
  if (ms > MAX_TIMEOUT_MS) throw usageError('--timeout must be at most 24d; leave it out to wait as long as it takes');
  return ms;
}
