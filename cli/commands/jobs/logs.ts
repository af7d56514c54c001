import { defineCommand } from '../../command.js';
import type { ResultCodes } from '../../exit-codes.js';
import { followLog } from '../../follow.js';
import {
  flag,
  listOption,
  nodeIndex,
  optionalPositional,
  type OutputFormat,
  outputOption,
  READ_FORMATS,
  regularExpression,
  secondsOption,
  textOption,
  wholeNumber,
  withOutput,
} from '../../options.js';
import { resultCodesOption, withResultCodes } from '../../result-codes.js';
import { taskIdOrLast } from '../../short-id.js';

interface LogsOptions {
  /** Undefined means the last task. */
  readonly taskId: string | undefined;
  readonly follow: boolean;
  readonly tail: number | undefined;
  readonly sinceSeconds: number | undefined;
  readonly timestamps: boolean;
  readonly nodes: readonly number[];
  readonly grep: RegExp | undefined;
  readonly resultCodes: ResultCodes;
  readonly output: OutputFormat;
}

/** `jobs logs [ID]`: the log to its end, then how the task stands. */
export const logs = defineCommand<LogsOptions>({
  usage: 'logs [id]',
  summary: 'Print the logs of a task and follow them to its end',
  build: (yargs) =>
    withResultCodes(
      withOutput(yargs, READ_FORMATS, {
        json: 'each StreamTaskLogsResponse',
        name: 'the nodes of which there are lines',
        wide: 'node and time in front of each line',
      }),
    )
      .positional('id', { type: 'string', describe: 'the task id, or its beginning; default: your last task' })
      .option('follow', {
        alias: 'f',
        type: 'boolean',
        default: true,
        describe: 'go on until the task has ended (--no-follow: do not)',
      })
      .option('tail', { type: 'string', requiresArg: true, describe: 'begin with the last N lines of each node' })
      .option('since', { type: 'string', requiresArg: true, describe: 'only lines younger than this: 45s, 10m, 1h30m' })
      .option('timestamps', { type: 'boolean', describe: 'put the time (UTC) in front of each line' })
      .option('node', { type: 'string', requiresArg: true, describe: 'only these nodes: 0,3' })
      .option('grep', {
        type: 'string',
        requiresArg: true,
        describe: 'only lines in which this regular expression (of JavaScript) is found',
      })
      .example('$0 jobs logs abc12345 --tail 100 --node 0', 'the last 100 lines of the first node, then what follows')
      .example('$0 jobs logs abc12345 --grep OOM -o name', 'which nodes have a line with OOM')
      .epilogue(
        'Log lines go to stdout as they are, everything else to stderr. The exit code is the result of the task, as for ' +
          'jobs submit; 0 when it goes on (--no-follow); 125 when it completed but its log is not complete. With -o json ' +
          'each message of the stream is a document on stdout: entries, gaps, notices and the summary. --grep looks at the lines ' +
          'that arrive, without node and time in front: --tail counts before it, and it changes neither the exit code nor the ' +
          'numbers of the summary.',
      ),
  parse: (args) => {
    const tail = textOption(args, 'tail');
    const grep = textOption(args, 'grep');
    return {
      taskId: optionalPositional(args, 'id'),
      follow: flag(args, 'follow'),
      tail: tail === undefined ? undefined : wholeNumber(tail, '--tail'),
      sinceSeconds: secondsOption(args, 'since'),
      timestamps: flag(args, 'timestamps'),
      nodes: listOption(args, 'node').map(nodeIndex),
      grep: grep === undefined ? undefined : regularExpression(grep, '--grep'),
      resultCodes: resultCodesOption(args),
      output: outputOption(args, READ_FORMATS),
    };
  },
  run: async (context, options) => {
    context.scene.resultCodes = options.resultCodes;
    context.scene.fieldNames = { node: '--node' };
    const taskId = await taskIdOrLast(context, options.taskId);
    return (await followLog(context, { ...options, taskId, toStderr: false })).exitCode;
  },
});
