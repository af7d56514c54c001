import type { Argv } from 'yargs';
import type { CommandContext } from './context.js';

/** Parsed words of a command line: positionals and options by name. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One verb: what it accepts, how that becomes typed options, and what it does with them. */
export interface Command<Options> {
  /** Name and positionals as yargs writes them: `submit <file>`. */
  readonly usage: string;
  /** One line for --help. */
  readonly summary: string;
  /** Words behind `--` are meant for it, as `args['--']`; other commands refuse them. */
  readonly takesRest?: boolean;
  /** Declares positionals, options and examples. */
  readonly build: (yargs: Argv) => Argv;
  /** Throws a CliError (exit code 2) for what does not fit together. */
  readonly parse: (args: Arguments) => Options;
  /** Returns the exit code. */
  readonly run: (context: CommandContext, options: Options) => Promise<number>;
}

/** A command whose options are known to itself only. */
export interface AnyCommand {
  readonly usage: string;
  readonly summary: string;
  readonly takesRest: boolean;
  readonly build: (yargs: Argv) => Argv;
  /** Parses at once, so that bad usage is told before anything is done. */
  readonly prepare: (args: Arguments) => (context: CommandContext) => Promise<number>;
}

/** Hides the type of a command's options, so that commands fit in one list. */
export function defineCommand<Options>(command: Command<Options>): AnyCommand {
  return {
    usage: command.usage,
    summary: command.summary,
    takesRest: command.takesRest ?? false,
    build: command.build,
    prepare: (args) => {
      const options = command.parse(args);
      return (context) => command.run(context, options);
    },
  };
}

/** A command's own name: the first word of its usage. */
export function commandName({ usage }: AnyCommand): string {
  return usage.split(' ')[0] ?? usage;
}
