import type { ParseResult } from '../../../taskfile/task-spec.js';
import { defineCommand } from '../../command.js';
import { CliError, halvesOf } from '../../errors.js';
import type { CommandContext } from '../../context.js';
import { EXIT } from '../../exit-codes.js';
import {
  flag,
  LENIENT,
  type OutputFormat,
  outputOption,
  positionals,
  READ_FORMATS,
  withOutput,
} from '../../options.js';
import { printAnswer } from '../../output/answer.js';
import { type Finding, formatFindings, formatFindingTable, type Problem } from '../../output/task-findings.js';
import {
  overrideFiles,
  type OverrideOptions,
  overrideOptions,
  type Overrides,
  resolveOverrides,
  withOverrides,
} from '../../overrides.js';
import { checkStdinOnce, fileName, readTextFile } from '../../text-file.js';

interface CheckOptions {
  readonly files: readonly string[];
  readonly overrides: OverrideOptions;
  readonly strict: boolean;
  readonly lenient: boolean;
  readonly output: OutputFormat;
}

/** `task check FILE…`: what is wrong with task files, found without a server. */
export const check = defineCommand<CheckOptions>({
  usage: 'check <file..>',
  summary: 'Check task files, without a server',
  build: (yargs) =>
    withOverrides(
      withOutput(yargs, READ_FORMATS, {
        json: 'a list of the files with what is wrong with each',
        name: 'the files',
        wide: 'a table with a line for each problem',
      }),
    )
      .positional('file', { type: 'string', array: true, describe: 'task files, or - for stdin' })
      .option('strict', { type: 'boolean', describe: 'count warnings as errors' })
      .option('lenient', LENIENT)
      .conflicts('strict', 'lenient')
      .example('$0 task check *.yaml', 'everything that is wrong with them; exit code 2 if anything is')
      .epilogue('What depends on the cluster is checked by jobs submit --dry-run.'),
  parse: (args) => {
    const files = positionals(args, 'file');
    const overrides = overrideOptions(args);
    checkStdinOnce([...files, ...overrideFiles(overrides)]);
    const output = outputOption(args, READ_FORMATS);
    return { files, overrides, strict: flag(args, 'strict'), lenient: flag(args, 'lenient'), output };
  },
  run: async (context, { files, overrides: options, strict, lenient, output }) => {
    const overrides = await resolveOverrides(context, options);
    const findings: Finding[] = [];
    for (const file of files) findings.push(await checkFile(context, file, { overrides, strict, lenient }));
    await printAnswer(context, output, {
      document: () => findings,
      names: findings.map(({ file }) => file),
      text: (layout, wide) => (wide ? formatFindingTable : formatFindings)(findings, layout),
    });
    return findings.every(({ valid }) => valid) ? EXIT.ok : EXIT.usage;
  },
});

async function checkFile(
  { io, signal }: CommandContext,
  file: string,
  {
    overrides: { gpus, ...overrides },
    ...verdicts
  }: Pick<CheckOptions, 'strict' | 'lenient'> & { overrides: Overrides },
): Promise<Finding> {
  const name = fileName(file);
  let text: string;
  try {
    text = await readTextFile(file, io, signal);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    // One that cannot be read does not keep the others from being checked.
    const { message, fix } = halvesOf(error.message.slice(`${name}: `.length));
    const nowhere = { fix: fix || undefined, line: undefined, column: undefined, source: undefined };
    return { file: name, valid: false, problems: [{ severity: 'error', field: '', message, ...nowhere }] };
  }
  const { parseTaskYaml } = await import('../../../taskfile/task-spec.js');
  const result = parseTaskYaml(text, { overrides: { ...overrides, accelerators: gpus }, ...verdicts });
  return { file: name, valid: result.ok, problems: problemsOf(result) };
}

function problemsOf(result: ParseResult): readonly Problem[] {
  const errors = result.ok ? [] : result.violations;
  const problems = [
    ...errors.map((violation): Problem => ({ severity: 'error', ...violation })),
    ...result.warnings.map((violation): Problem => ({ severity: 'warning', ...violation })),
  ];
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
