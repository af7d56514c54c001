import { declarationsOf } from '../../cli/declarations.js';
import { EXIT_CODES } from '../../cli/exit-codes.js';
import { withGlobalOptions } from '../../cli/global-options.js';
import { type DescribedCommand, type DescribedGroup, meaningOfOption, writtenOption } from './commands.js';

const ABOUT = `
The same is in \`k8s-cli COMMAND --help\` and in the man pages (\`man k8s-cli\`, \`man k8s-cli-jobs\`).
[SPEC.md](../SPEC.md#output) has what \`-o\` prints of each command, field by field, and [what is configured where](../SPEC.md#configuration).
The messages of the REST interface are in [the REST reference](rest.md#types).
`.trim();

/** The text of docs/cli.md. */
export function toMarkdown(groups: readonly DescribedGroup[]): string {
  const commands = groups.flatMap((group) => group.commands);
  const parts = [
    '# Command line',
    '<!-- Generated from cli/ by `npm run generate`. Do not edit. -->',
    ABOUT,
    table(
      ['', ''],
      commands.map(({ name, summary }) => [`[${name}](#${name.replaceAll(' ', '-')})`, cell(summary)]),
    ),
    '## Options of every command',
    optionTable(declarationsOf(withGlobalOptions).options),
    ...groups.flatMap(({ noun, summary, commands: ones }) => [
      `## ${noun === undefined ? summary : `${noun}: ${summary}`}`,
      ...ones.flatMap(commandParts),
    ]),
    '## Exit codes',
    table(
      ['code', 'meaning'],
      EXIT_CODES.map(([code, meaning]) => [code, cell(meaning)]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function commandParts({ name, usage, summary, positionals, options, examples, notes }: DescribedCommand): string[] {
  const parts = [`### ${name}`, `${cell(summary)}.`, fenced('text', usage)];
  const words = positionals.map((one) => [`\`${one.name}\``, cell(one.meaning)]);
  if (words.length > 0) parts.push(table(['argument', ''], words));
  if (options.length > 0) parts.push(optionTable(options));
  const lines = examples.map(({ line, meaning }) => `# ${meaning}\n${line}`);
  // test/docs runs the commands of pages.
  if (lines.length > 0)
    parts.push('<!-- not run: the tasks and files of the examples are not there -->', fenced('sh', lines.join('\n')));
  return [...parts, ...notes.map(cell)];
}

function optionTable(options: DescribedCommand['options']): string {
  return table(
    ['option', ''],
    options.map((one) => [`\`${writtenOption(one)}\``, cell(meaningOfOption(one))]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** Text in which nothing is markup. */
function cell(text: string): string {
  return text.replaceAll(/[\\`*_|<>[\]]/g, String.raw`\$&`);
}
