import { declarationsOf } from '../../cli/declarations.js';
import { EXIT_CODES } from '../../cli/exit-codes.js';
import { withGlobalOptions } from '../../cli/global-options.js';
import { type DescribedCommand, type DescribedGroup, meaningOfOption, writtenOption } from './commands.js';

const PROGRAM = 'Run task files on Kubernetes';

/** The man pages, by name: `k8s-cli` with the commands that have no noun, and one for each noun. */
export function toManPages(groups: readonly DescribedGroup[], version: string): ReadonlyMap<string, string> {
  const names = groups.map(({ noun }) => (noun === undefined ? 'k8s-cli' : `k8s-cli-${noun}`));
  return new Map(
    groups.map((group, index) => {
      const name = names[index] ?? '';
      return [
        name,
        page(
          name,
          group,
          names.filter((other) => other !== name),
          version,
        ),
      ];
    }),
  );
}

function page(
  name: string,
  { noun, summary, commands }: DescribedGroup,
  others: readonly string[],
  version: string,
): string {
  const lines = [
    String.raw`.\" Generated from cli/ by npm run generate. Do not edit.`,
    `.TH ${text(name.toUpperCase())} 1 "" "k8s-cli ${text(version)}"`,
    '.SH NAME',
    String.raw`${text(name)} \- ${text(noun === undefined ? PROGRAM : summary)}`,
    '.SH SYNOPSIS',
    ...commands.flatMap(({ usage }) => ['.B', text(usage), '.br']),
    '.SH COMMANDS',
    ...commands.flatMap(commandLines),
    '.SH OPTIONS OF EVERY COMMAND',
    ...optionLines(declarationsOf(withGlobalOptions).options),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(([code, meaning]) => term(code, meaning)),
    '.SH SEE ALSO',
    others.map((other) => `${text(other)}(1)`).join(', '),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ name, usage, summary, positionals, options, examples, notes }: DescribedCommand): string[] {
  return [
    `.SS ${text(name)}`,
    `${text(summary)}.`,
    '.PP',
    '.B',
    text(usage),
    ...positionals.flatMap((one) => term(one.name, one.meaning)),
    ...optionLines(options),
    ...notes.flatMap((note) => ['.PP', text(note)]),
    ...examples.flatMap(({ line, meaning }) => [
      '.PP',
      `${text(meaning)}:`,
      '.PP',
      '.RS',
      '.nf',
      text(line),
      '.fi',
      '.RE',
    ]),
  ];
}

function optionLines(options: DescribedCommand['options']): string[] {
  return options.flatMap((one) => term(writtenOption(one), meaningOfOption(one)));
}

function term(word: string, meaning: string): string[] {
  return ['.TP', '.B', text(word), text(meaning)];
}

/** Text in which nothing is a request or an escape, and a hyphen stays what a user can type. */
function text(words: string): string {
  return words
    .replaceAll('\\', String.raw`\(rs`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll("'", String.raw`\(aq`)
    .replaceAll('"', String.raw`\(dq`)
    .replaceAll('…', '...')
    .replace(/^\./, String.raw`\&.`);
}
