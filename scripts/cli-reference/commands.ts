import type { AnyCommand } from '../../cli/command.js';
import { COMMAND_GROUPS, SINGLE_COMMANDS } from '../../cli/commands/index.js';
import { type Declarations, declarationsOf } from '../../cli/declarations.js';

/** A command as the reference shows it. */
export interface DescribedCommand extends Declarations {
  /** With the program and the noun: `k8s-cli jobs logs`. */
  readonly name: string;
  /** The same with what may follow: `k8s-cli jobs logs [id] [options]`. */
  readonly usage: string;
  readonly summary: string;
}

/** Commands that are shown together: those of a noun, or those without one. */
export interface DescribedGroup {
  readonly noun: string | undefined;
  readonly summary: string;
  readonly commands: readonly DescribedCommand[];
}

/** Every command, in the order of --help. */
export function describedGroups(): readonly DescribedGroup[] {
  const groups = COMMAND_GROUPS.map(({ noun, summary, verbs }) => ({
    noun,
    summary,
    commands: verbs.map((verb) => describe(verb, `${noun} `)),
  }));
  return [
    ...groups,
    { noun: undefined, summary: 'Other commands', commands: SINGLE_COMMANDS.map((one) => describe(one, '')) },
  ];
}

function describe(command: AnyCommand, before: string): DescribedCommand {
  const declared = declarationsOf(command.build);
  const usage = `k8s-cli ${before}${command.usage}`;
  const options = declared.options.length > 0 ? ' [options]' : '';
  return {
    ...declared,
    name: usage.replace(/ [<[].*/, ''),
    usage: `${usage}${options}${command.takesRest ? ' -- <command..>' : ''}`,
    summary: command.summary,
    examples: declared.examples.map(({ line, meaning }) => ({ line: line.replaceAll('$0', 'k8s-cli'), meaning })),
  };
}

/** How an option is written: `-o, --output VALUE`. */
export function writtenOption({ name, letter, takesValue }: Declarations['options'][number]): string {
  return `${letter === undefined ? '' : `-${letter}, `}--${name}${takesValue ? ' VALUE' : ''}`;
}

/** What it means, and what holds without it. */
export function meaningOfOption({ meaning, otherwise }: Declarations['options'][number]): string {
  return otherwise === undefined ? meaning : `${meaning} (default: ${otherwise === 'true' ? 'yes' : otherwise})`;
}
