import type { ParseResult, Violation } from '../../../taskfile/task-spec.js';
import { defineCommand } from '../../command.js';
import { CliError } from '../../errors.js';
import type { CommandContext } from '../../context.js';
import { EXIT } from '../../exit-codes.js';
import {
  DOCUMENT_FORMATS,
  flag,
  isStructured,
  outputOption,
  positionals,
  type StructuredFormat,
  withOutput,
} from '../../options.js';
import { optionOf } from '../../override-names.js';
import { placeIn, sourceLines } from '../../output/place.js';
import { printDocument } from '../../output/structured.js';
import { printable } from '../../output/table.js';
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
  readonly output: 'text' | StructuredFormat;
}

interface Problem extends Omit<Violation, 'field'> {
  readonly severity: 'error' | 'warning';
  readonly field: string;
}

/** What was found in one file, as -o json has it. */
interface Finding {
  readonly file: string;
  readonly valid: boolean;
  readonly problems: readonly Problem[];
}

/** `task check FILE…`: what is wrong with task files, found without a server. */
export const check = defineCommand<CheckOptions>({
  usage: 'check <file..>',
  summary: 'Check task files, without a server',
  build: (yargs) =>
    withOverrides(withOutput(yargs, DOCUMENT_FORMATS))
      .positional('file', { type: 'string', array: true, describe: 'task files, or - for stdin' })
      .option('strict', { type: 'boolean', describe: 'count warnings as errors' })
      .example('$0 task check *.yaml', 'everything that is wrong with them; exit code 2 if anything is')
      .epilogue('What depends on the cluster is checked by jobs submit --dry-run.'),
  parse: (args) => {
    const files = positionals(args, 'file');
    const overrides = overrideOptions(args);
    checkStdinOnce([...files, ...overrideFiles(overrides)]);
    return { files, overrides, strict: flag(args, 'strict'), output: outputOption(args, DOCUMENT_FORMATS) };
  },
  run: async (context, { files, overrides: options, strict, output }) => {
    const overrides = await resolveOverrides(context, options);
    const findings: Finding[] = [];
    for (const file of files) {
      const finding = await checkFile(context, file, overrides, strict);
      if (output === 'text') await context.io.out(`${linesOf(context, finding).join('\n')}\n`);
      findings.push(finding);
    }
    if (isStructured(output)) await printDocument(context.io, output, findings);
    return findings.every(({ valid }) => valid) ? EXIT.ok : EXIT.usage;
  },
});

async function checkFile(
  { io, signal }: CommandContext,
  file: string,
  { gpus, ...overrides }: Overrides,
  strict: boolean,
): Promise<Finding> {
  const name = fileName(file);
  let text: string;
  try {
    text = await readTextFile(file, io, signal);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    // One that cannot be read does not keep the others from being checked.
    const message = error.message.slice(`${name}: `.length);
    const nowhere = { fix: undefined, line: undefined, column: undefined, source: undefined };
    return { file: name, valid: false, problems: [{ severity: 'error', field: '', message, ...nowhere }] };
  }
  const { parseTaskYaml } = await import('../../../taskfile/task-spec.js');
  const result = parseTaskYaml(text, { overrides: { ...overrides, accelerators: gpus }, strict });
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

/** The problems of a file for people, or that there are none. */
function linesOf({ style }: CommandContext, { file, problems }: Finding): readonly string[] {
  if (problems.length === 0) return [`${file}: ${style('green', 'ok')}`];
  return problems.flatMap(({ severity, field, message, fix, line, column = 1, source }) => {
    const at = line === undefined ? undefined : { line, column };
    const label = severity === 'warning' ? `${style('yellow', 'warning:')} ` : '';
    const name = optionOf(field) ?? field;
    const words = [name === '' ? '' : `${name}: `, message, fix === undefined ? '' : `; ${fix}`].join('');
    return [`${placeIn(file, at)}: ${label}${printable(words)}`, ...sourceLines(source, column)];
  });
}
