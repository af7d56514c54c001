import type { LogSummary, StreamTaskLogsResponse } from '../client/index.js';
import { formatTimestamp } from '../client/timestamp.js';
import type { CommandContext } from './context.js';
import { EXIT } from './exit-codes.js';
import { createLogPrinter, type LogPrinter } from './output/log-printer.js';
import { printable } from './output/table.js';
import { describeResult, taskExitCode } from './task-result.js';

/** What of a log is printed, and where. */
export interface FollowRequest {
  readonly taskId: string;
  readonly follow: boolean;
  readonly tail?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  readonly timestamps: boolean;
  /** Empty means all nodes. */
  readonly nodes: readonly number[];
  /** Where the lines go: stdout, or stderr where stdout is kept for JSON. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
}

/** How following ended. */
export interface FollowResult {
  readonly exitCode: number;
  /** The end of the log; undefined when Ctrl+C came before it. */
  readonly summary: LogSummary | undefined;
}

/**
 * Prints a task's log until it ends, notices about its nodes and then how the task stands on stderr. Ctrl+C ends the
 * printing, never the task. Throws a ClientError when the log is refused or lost for good.
 */
export async function followTask(context: CommandContext, request: FollowRequest): Promise<FollowResult> {
  const { io, signal } = context;
  const client = await context.client();
  try {
    const task = await client.getTask(request.taskId, { signal });
    context.scene.following = request.taskId;
    const several = (task.metadata?.numNodes ?? 1) > 1;
    const printer = createLogPrinter({ prefix: several, timestamps: request.timestamps }, request.write);
    const messages = client.followTaskLogs(request.taskId, {
      ...request,
      signal,
      onReconnect: ({ attempt, error }) => {
        if (attempt === 1)
          void io.err(`k8s-cli: connection lost (${printable(error.message)}); going on with the log\n`);
      },
    });
    const told = await printMessages(context, messages, printer, several);
    return { summary: told.summary, exitCode: await conclude(context, request, told, several) };
  } catch (error) {
    if (!signal.aborted) throw error;
    const goesOn = request.follow ? `the task goes on` : `the task is not touched`;
    await io.err(`\nStopped following, ${goesOn}. To come back: k8s-cli jobs logs ${request.taskId}\n`);
    return { summary: undefined, exitCode: EXIT.interrupted };
  }
}

/** What was printed of a log. */
interface Told {
  readonly summary: LogSummary | undefined;
  /** `NODE REASON` of every gap that was told where it was. */
  readonly gaps: ReadonlySet<string>;
}

/** Of one node it need not be said which. */
function label(node: number, several: boolean): string {
  return several ? `node-${node} | ` : '';
}

async function printMessages(
  context: CommandContext,
  messages: AsyncIterable<StreamTaskLogsResponse>,
  printer: LogPrinter,
  several: boolean,
): Promise<Told> {
  const { io } = context;
  const note = async (node: number, text: string): Promise<void> => {
    if (io.outIsTerminal) await printer.breakLine();
    await io.err(`${label(node, several)}${printable(text)}\n`);
  };
  const gaps = new Set<string>();
  let summary: LogSummary | undefined;
  for await (const message of messages) {
    await printer.entries(message.entries);
    if (message.notice) await note(message.notice.node, message.notice.message);
    if (message.gap) {
      gaps.add(`${message.gap.node} ${message.gap.reason}`);
      await note(message.gap.node, describeGap(message.gap));
    }
    summary = message.summary;
  }
  await printer.flush();
  if (io.outIsTerminal) await printer.breakLine();
  return { summary, gaps };
}

function describeGap(gap: NonNullable<StreamTaskLogsResponse['gap']>): string {
  const from = gap.after ? ` after ${formatTimestamp(gap.after)}` : '';
  const to = gap.before ? ` before ${formatTimestamp(gap.before)}` : '';
  return `lines are missing${from}${to}: ${gap.reason}`;
}

async function conclude(
  context: CommandContext,
  request: FollowRequest,
  { summary, gaps }: Told,
  several: boolean,
): Promise<number> {
  const { io } = context;
  const incomplete = summary?.nodes.filter((node) => node.incompleteReason !== '') ?? [];
  for (const { node, incompleteReason } of incomplete) {
    if (gaps.has(`${node} ${incompleteReason}`)) continue;
    await io.err(`${label(node, several)}the log is not complete: ${printable(incompleteReason)}\n`);
  }
  if (summary?.task === undefined) return EXIT.incomplete;
  await io.err(describeResult(summary.task, context.now()));
  const own = taskExitCode(summary.task);
  // A task that goes on has no result to end with, unless the end of its log was to be waited for.
  if (own === undefined && request.follow) return EXIT.incomplete;
  return own || (incomplete.length > 0 ? EXIT.incomplete : EXIT.ok);
}
