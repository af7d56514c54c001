import type { LogSummary, StreamTaskLogsResponse } from '../client/index.js';
import { durationMs, formatTimestamp } from '../client/timestamp.js';
import type { CommandContext } from './context.js';
import { EXIT, type ResultCodes, SKY_EXIT } from './exit-codes.js';
import { grepLines } from './grep.js';
import { isStructured, type OutputFormat, type StructuredFormat } from './options.js';
import { printMessage } from './output/structured.js';
import { formatSpokenSpan } from './output/age.js';
import { createLiveLine, type LiveLine } from './output/live-line.js';
import { createLogPrinter, type LogPrinter, nodePrefix } from './output/log-printer.js';
import { createNodeNamePrinter } from './output/node-names.js';
import { createLossTeller } from './output/lost-connection.js';
import { outageTeller } from './output/outage.js';
import { missingFirst } from './output/scheduler-words.js';
import { taskStateWord } from '../client/task-state.js';
import { PLAIN, type Style } from './output/style.js';
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
  /** Only lines in which it is found are printed. */
  readonly grep?: RegExp | undefined;
  /** The lines go to stderr, because stdout is kept for JSON or YAML. */
  readonly toStderr: boolean;
  /**
   * `wide`: node and time in front of every line. `name`: the names of the nodes in place of their lines. For programs: the
   * messages themselves, one a document, and nothing else.
   */
  readonly output?: OutputFormat;
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
export async function followLog(context: CommandContext, request: FollowRequest): Promise<FollowResult> {
  const { io, signal } = context;
  const client = await context.client();
  try {
    const task = await client.getTask(request.taskId, { signal });
    context.scene.following = request.taskId;
    const prefixed = request.output === 'wide' || (task.metadata?.numNodes ?? 1) > 1;
    const printer = printerFor(context, request, prefixed);
    const live =
      io.errIsTerminal && request.follow && !context.flags.quiet ? createLiveLine(io, context.now) : undefined;
    if (taskStateWord(task.state) === 'pending') await live?.show('waiting to start', 0);
    // A file that nothing else is written to has the bytes of the log.
    const mixed = io.outIsTerminal || (io.outIsErr && !context.flags.quiet);
    /** Ends what stands there without an end. */
    const breakLine = async (): Promise<void> => {
      await live?.clear();
      if (mixed) await printer.breakLine();
    };
    const note = async (text: string): Promise<void> => {
      await breakLine();
      await context.note(text);
    };
    const { onReconnect } = createLossTeller({ ...context, note }).stream();
    const followed = client.followTaskLogs(request.taskId, {
      ...request,
      signal,
      onReconnect,
    });
    const messages = request.grep ? grepLines(followed, request.grep) : followed;
    if (request.output && isStructured(request.output)) {
      const summary = await printDocuments(context, request.output, messages);
      return { summary, exitCode: exitCodeOf(summary, request.follow, context.scene.resultCodes) };
    }
    try {
      const told = await printMessages({ ...context, note, breakLine }, messages, printer, prefixed, live);
      return { summary: told.summary, exitCode: await conclude(context, request, told, prefixed) };
    } finally {
      await live?.clear();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const goesOn = request.follow ? `the task goes on` : `the task is not touched`;
    // The terminal has shown ^C where the line had not ended.
    const line = io.errIsTerminal ? '\n' : '';
    await context.note(`${line}Stopped following, ${goesOn}. To come back: k8s-cli jobs logs ${request.taskId}\n`);
    return { summary: undefined, exitCode: EXIT.interrupted };
  }
}

function printerFor({ io, style, errStyle }: CommandContext, request: FollowRequest, prefix: boolean): LogPrinter {
  const { toStderr, output } = request;
  const write = toStderr ? io.err : io.out;
  if (output === 'name') return createNodeNamePrinter(write);
  const timestamps = request.timestamps || output === 'wide';
  return createLogPrinter({ prefix, timestamps, style: toStderr ? errStyle : style }, write);
}

/** What was printed of a log. */
interface Told {
  readonly summary: LogSummary | undefined;
  /** `NODE REASON` of every gap that was told where it was. */
  readonly gaps: ReadonlySet<string>;
}

/** Of one node it need not be said which. */
function label(node: number, prefixed: boolean, style: Style): string {
  return prefixed ? nodePrefix(node, style) : '';
}

async function printMessages(
  context: CommandContext & { readonly breakLine: () => Promise<void> },
  messages: AsyncIterable<StreamTaskLogsResponse>,
  printer: LogPrinter,
  prefixed: boolean,
  live: LiveLine | undefined,
): Promise<Told> {
  const { io, errStyle, note, breakLine } = context;
  const gaps = new Set<string>();
  // What to do stays the same while a node waits, and is mostly the same for all that do.
  const fixes = new Set<string>();
  const tellOutage = outageTeller({ note, now: context.now }, 'and goes on with the log when it does');
  let summary: LogSummary | undefined;
  let begun = false;
  for await (const { entries, notice, gap, heartbeat, ...message } of messages) {
    if (heartbeat) await tellOutage(heartbeat.outage);
    if (entries.length > 0) {
      begun = true;
      // No heartbeat may come between two outages of a log that is busy.
      await tellOutage(undefined);
      await live?.clear();
      await printer.entries(entries);
    }
    const isNew = notice !== undefined && notice.fix !== '' && !fixes.has(notice.fix);
    if (isNew) fixes.add(notice.fix);
    // Until there are lines, what a node waits for is one line that changes; later it is one among them, as what to do about it always is.
    const changing = notice && live && !begun && taskStateWord(notice.state) === 'pending';
    if (notice && (isNew || !changing)) {
      const of = label(notice.node, prefixed, errStyle);
      if (!changing) await note(`${of}${printable(describeNotice(notice))}\n`);
      if (isNew) await note(`${of}Fix: ${printable(notice.fix)}\n`);
    }
    if (changing) {
      const text = `${label(notice.node, prefixed, PLAIN)}${missingFirst(notice.message)}`;
      await live.show(text, durationMs(notice.waited) ?? 0);
    }
    if (gap) {
      gaps.add(`${gap.node} ${gap.reason}`);
      await breakLine();
      await io.err(`${label(gap.node, prefixed, errStyle)}${printable(describeGap(gap))}\n`);
    }
    summary = message.summary;
  }
  await printer.flush();
  await breakLine();
  return { summary, gaps };
}

function describeNotice({ message, waited }: NonNullable<StreamTaskLogsResponse['notice']>): string {
  const waitedMs = durationMs(waited);
  return waitedMs === undefined ? message : `${message} (${formatSpokenSpan(waitedMs)})`;
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
  prefixed: boolean,
): Promise<number> {
  const { io } = context;
  const incomplete = summary?.nodes.filter((node) => node.incompleteReason !== '') ?? [];
  for (const { node, incompleteReason } of incomplete) {
    if (gaps.has(`${node} ${incompleteReason}`)) continue;
    await io.err(`${label(node, prefixed, context.errStyle)}the log is not complete: ${printable(incompleteReason)}\n`);
  }
  const { tail, sinceSeconds, grep, nodes } = request;
  // Of several nodes it is worth saying whose lines to look at.
  const read = !prefixed && [tail, sinceSeconds, grep, nodes[0]].every((filter) => filter === undefined);
  if (summary?.task) await context.note(describeResult(summary.task, context.now(), context.errStyle, read));
  return exitCodeOf(summary, request.follow, context.scene.resultCodes);
}

function exitCodeOf(summary: LogSummary | undefined, follow: boolean, codes: ResultCodes): number {
  if (summary?.task === undefined) return EXIT.incomplete;
  const own = taskExitCode(summary.task, codes);
  if (own === undefined && codes === 'sky') return SKY_EXIT.notFinished;
  // A task that goes on has no result to end with, unless the end of its log was to be waited for.
  if (own === undefined && follow) return EXIT.incomplete;
  return own || (summary.nodes.some(({ incompleteReason }) => incompleteReason !== '') ? EXIT.incomplete : EXIT.ok);
}

async function printDocuments(
  { io }: CommandContext,
  format: StructuredFormat,
  messages: AsyncIterable<StreamTaskLogsResponse>,
): Promise<LogSummary | undefined> {
  let summary: LogSummary | undefined;
  for await (const message of messages) {
    const { entries, notice, gap } = message;
    // What only shows that the stream lives, or where it would be taken up, is for the client.
    if (entries.length === 0 && !notice && !gap && !message.summary) continue;
    await printMessage(io, format, 'StreamTaskLogsResponse', message, { compact: true });
    summary = message.summary;
  }
  return summary;
}
