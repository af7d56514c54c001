import { defineCommand } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { type OutputFormat, outputOption, READ_FORMATS, withOutput } from '../options.js';
import { type Finding, findings } from '../doctor.js';
import { type Answer, printAnswer } from '../output/answer.js';
import type { Paint } from '../output/style.js';
import { formatTable, type Layout, printable, roomBehind } from '../output/table.js';
import { wrapText } from '../output/text-width.js';

/** `doctor`: everything between this program and a machine of the cluster, and how to repair what is wrong with it. */
export const doctor = defineCommand<{ readonly output: OutputFormat }>({
  usage: 'doctor',
  summary: 'Check configuration, server and cluster, and say how to repair what is wrong',
  build: (yargs) =>
    withOutput(yargs, READ_FORMATS, {
      json: 'DiagnoseResponse with the checks made here too',
      name: 'the checks',
      wide: 'a table with nothing left out',
    }).epilogue(
      'It changes and starts nothing. The exit code is 1 when a check failed; warnings are about what only some tasks need.',
    ),
  parse: (args) => ({ output: outputOption(args, READ_FORMATS) }),
  run: async (context, { output }) => {
    const found = await findings(context);
    await printAnswer(context, output, answerOf(found));
    return found.some(({ status }) => status === 'failed') ? EXIT.failure : EXIT.ok;
  },
});

function answerOf(found: readonly Finding[]): Answer {
  return {
    document: () => ({ checks: found }),
    names: found.map(({ name }) => name),
    text: (layout, wide) => (layout.terminal && !wide ? asList(layout, found) : asTable(layout, found)),
  };
}

const MARKS: Readonly<Record<string, { readonly mark: string; readonly paint: Paint }>> = {
  ok: { mark: '✓', paint: 'green' },
  warning: { mark: '!', paint: 'yellow' },
  failed: { mark: '✗', paint: 'red' },
};

const REPAIR = 'To repair:';

function asList({ style, width: columns }: Layout, found: readonly Finding[]): string {
  const width = Math.max(...found.map(({ name }) => name.length));
  const indent = width + '✓   '.length;
  const wrapped = (text: string): string =>
    wrapText(printable(text), roomBehind(indent, columns)).join(`\n${' '.repeat(indent)}`);
  return found
    .map(({ name, status, message, fix }) => {
      const { mark, paint } = MARKS[status] ?? { mark: '?', paint: 'yellow' as const };
      const line = `${style(paint, mark)} ${name.padEnd(width)}  ${wrapped(message)}\n`;
      if (fix === '') return line;
      const repair = wrapped(`${REPAIR} ${fix}`).slice(REPAIR.length);
      return `${line}${' '.repeat(indent)}${style('bold', REPAIR)}${repair}\n`;
    })
    .join('');
}

function asTable(layout: Layout, found: readonly Finding[]): string {
  const columns = ['CHECK', 'STATUS', 'FOUND', 'TO REPAIR'].map((heading) => ({ heading }));
  const rows = found.map(({ name, status, message, fix }) => {
    const cell = { text: status, paint: MARKS[status]?.paint };
    return [name, cell, message, fix];
  });
  return formatTable(columns, rows, layout);
}
