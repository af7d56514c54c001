import yargs, { type Argv } from 'yargs';
import { type AnyCommand, type Arguments, commandName } from './command.js';
import { COMMAND_GROUPS, type CommandGroup, SINGLE_COMMANDS } from './commands/index.js';
import type { CommandContext, GlobalFlags } from './context.js';
import { declarationsOf } from './declarations.js';
import { CliError, usageError } from './errors.js';
import { exitCodesHelp } from './exit-codes-help.js';
import { withGlobalOptions } from './global-options.js';
import { flag, textOption } from './options.js';
import { meant, nearest } from './suggest.js';
import { STDIN } from './text-file.js';
import { packageVersion } from './version.js';

/** What a command line asks for: a text to print, or a command to run. */
export type CommandLine =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly flags: GlobalFlags;
      readonly run: (context: CommandContext) => Promise<number>;
    };

const MAX_HELP_COLUMNS = 120;

/** Parses the words after the program's name. Throws a CliError (exit code 2) for wrong usage. */
export function parseCommandLine(argv: readonly string[], columns: number | undefined): CommandLine {
  const [first, ...named] = argv;
  if (first === 'help' && isCommand(named[0])) return parseCommandLine([...named, '--help'], columns);
  let chosen: CommandLine | undefined;
  let printed = '';
  const choose = (command: CommandLine): never => {
    chosen = command;
    // Left behind like this, yargs does not lay out the help of the command, which it does for each that it is done with.
    throw new Error('chosen');
  };
  const parser = buildParser(columns, choose);
  try {
    // A lone - among positionals gets lost in yargs.
    const words = argv.map((word) => (word === '-' ? STDIN : word));
    void parser.parse(words, (_error: unknown, _args: unknown, output: string) => {
      printed = output;
    });
  } catch (error) {
    if (chosen !== undefined) return chosen;
    throw error instanceof CliError ? withSuggestion(error, argv) : error;
  }
  return { kind: 'text', text: printed === '' ? helpOf(argv, columns) : printed };
}

function buildParser(columns: number | undefined, choose: (command: CommandLine) => void): Argv {
  const parser = withGlobalOptions(yargs())
    .scriptName('k8s-cli')
    .usage('$0 <command>\n\nRuns task files on Kubernetes.')
    .locale('en')
    .parserConfiguration({
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
    })
    .help()
    .alias('help', 'h')
    .version(packageVersion())
    .strict()
    .exitProcess(false)
    .wrap(Math.min(columns ?? 100, MAX_HELP_COLUMNS))
    .example('$0 jobs submit task.yaml', 'submit a task, follow its log, end with its result')
    .example('$0 jobs status', 'your last task: what is wrong with it, and what to do')
    .example('$0 doctor', 'what is missing here, or in the cluster')
    .epilogue(exitCodesHelp(columns))
    .fail((message, error) => {
      // Errors of yargs itself are wrong usage; others come from a command's own parse.
      throw error === undefined || error.name === 'YError' ? usageError(inOurWords(message || error.message)) : error;
    });
  for (const group of COMMAND_GROUPS) addGroup(parser, group, choose);
  for (const command of SINGLE_COMMANDS) addCommand(parser, command, 1, choose);
  return parser;
}

/** What yargs says of a command line, shorter. */
function inOurWords(message: string): string {
  const count = /^Not enough non-option arguments: got \d+, need at least (\d+)/.exec(message)?.[1];
  if (count !== undefined) return count === '1' ? 'an argument is missing' : `${count} arguments are needed`;
  const option = /^Not enough arguments following: (.+)/.exec(message)?.[1];
  return option === undefined ? message : `${option.length === 1 ? '-' : '--'}${option} needs a value`;
}

/** `words`: how many the command itself takes. */
function addCommand(parser: Argv, command: AnyCommand, words: number, choose: (command: CommandLine) => void): void {
  parser.command(
    command.usage,
    command.summary,
    // Named, the command's own options are shown before those of every command.
    (nested) => command.build(nested).group([], 'Options:'),
    (args) => {
      // Strict parsing does not look at what is behind `--`.
      const rest: unknown = args['--'];
      const behind = Array.isArray(rest) && !command.takesRest ? rest.map(String) : [];
      const [extra] = [...args._.slice(words), ...behind];
      if (extra !== undefined) throw usageError(`Unknown argument: ${extra}`);
      choose(toCommand(args, command.prepare(args)));
    },
  );
}

function addGroup(parser: Argv, group: CommandGroup, choose: (command: CommandLine) => void): void {
  parser.command(
    group.noun,
    group.summary,
    (nested) => {
      for (const verb of group.verbs) addCommand(nested, verb, 2, choose);
      return nested;
    },
    () => {},
  );
}

function toCommand(args: Arguments, run: (context: CommandContext) => Promise<number>): CommandLine {
  const flags = {
    server: textOption(args, 'server'),
    user: textOption(args, 'user'),
    context: textOption(args, 'context'),
    color: flag(args, 'color'),
    quiet: flag(args, 'quiet'),
    verbose: flag(args, 'verbose'),
  };
  return { kind: 'command', flags, run };
}

/** Whether a command begins with the word. */
function isCommand(word: string | undefined): boolean {
  return COMMAND_GROUPS.some(({ noun }) => noun === word) || SINGLE_COMMANDS.some((one) => commandName(one) === word);
}

/** A noun without a verb, or nothing at all: what gh and kubectl answer with, the help. */
function helpOf(argv: readonly string[], columns: number | undefined): string {
  let help = '';
  const nouns = argv.filter((word) => COMMAND_GROUPS.some(({ noun }) => noun === word)).slice(0, 1);
  void buildParser(columns, () => {}).parse([...nouns, '--help'], (_error: unknown, _args: unknown, output: string) => {
    help = output;
  });
  return help;
}

/** Adds the known word that an unknown one is nearest to, and where to find help. */
function withSuggestion(error: CliError, argv: readonly string[]): CliError {
  const group = COMMAND_GROUPS.find(({ noun }) => argv.includes(noun));
  const verb = (group ? group.verbs : SINGLE_COMMANDS).find((candidate) => argv.includes(commandName(candidate)));
  const help = `see ${['k8s-cli', group?.noun, verb && commandName(verb), '--help'].filter(Boolean).join(' ')}`;
  const unknown = /^Unknown (?:arguments?|commands?): ([^,]+)/.exec(error.message)?.[1];
  if (unknown === undefined) {
    if (error.message.includes('k8s-cli')) return error;
    if (!verb || !/^(an argument is missing|\d+ arguments are needed)$/.test(error.message)) {
      return usageError(`${error.message}; ${help}`);
    }
    // What is missing may have been taken for the value of an option that there is not.
    const strange = givenOptions(argv).find((name) => !optionNames(verb).includes(name));
    if (strange !== undefined) return unknownOption(strange, verb, help);
    return usageError(`${error.message}: ${['k8s-cli', group?.noun, verb.usage].filter(Boolean).join(' ')}; ${help}`);
  }
  if (givenOptions(argv).includes(unknown)) return unknownOption(unknown, verb, help);
  const nouns = COMMAND_GROUPS.map(({ noun }) => noun);
  if (unknown === argv[0]) {
    const first = nearest(unknown, [...nouns, ...SINGLE_COMMANDS.map(commandName)]);
    return unknownWord('command', unknown, first ?? withNoun(unknown, group), help);
  }
  if (verb?.takesRest) {
    return usageError(`put what is to be run behind --: k8s-cli jobs exec ID -- ${unknown}; ${help}`);
  }
  if (verb) return usageError(`unexpected argument ${JSON.stringify(unknown)}; ${help}`);
  const near = group ? meant(unknown, group.verbs.map(commandName)) : nearest(unknown, nouns);
  return unknownWord('command', unknown, near, help);
}

/** The options of a command line, without dashes and values. */
function givenOptions(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const words = argv.slice(0, end < 0 ? undefined : end);
  return words.flatMap((word) => /^--?([^-=][^=]*)/.exec(word)?.[1] ?? []);
}

/** The command that a verb means whose noun is missing in front of it, or stands behind it. */
function withNoun(verb: string, behind: CommandGroup | undefined): string | undefined {
  for (const { noun, verbs } of behind === undefined ? COMMAND_GROUPS : [behind, ...COMMAND_GROUPS]) {
    const near = meant(verb, verbs.map(commandName));
    if (near !== undefined) return `k8s-cli ${noun} ${near}`;
  }
  return undefined;
}

function unknownOption(name: string, verb: AnyCommand | undefined, help: string): CliError {
  if (/^\d/.test(name)) return usageError(`-${name}: a negative value makes no sense here; ${help}`);
  const dashed = (word: string): string => `${word.length === 1 ? '-' : '--'}${word}`;
  const near = nearest(
    name,
    optionNames(verb).filter((known) => known.length > 1),
  );
  return unknownWord('option', dashed(name), near && dashed(near), help);
}

function unknownWord(what: string, word: string, near: string | undefined, help: string): CliError {
  return usageError(`unknown ${what} ${word}; ${near === undefined ? help : `did you mean ${near}?`}`);
}

/** Names and letters of all options that a command takes. */
function optionNames(verb: AnyCommand | undefined): string[] {
  const declared = [withGlobalOptions, ...(verb ? [verb.build] : [])].flatMap((build) => declarationsOf(build).options);
  const named = declared.flatMap(({ name, letter, takesValue }) => [
    name,
    ...(letter === undefined ? [] : [letter]),
    ...(takesValue ? [] : [`no-${name}`]),
  ]);
  return [...named, 'help', 'h', 'version'];
}
