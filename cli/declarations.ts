import type { Argv, Options, PositionalOptions } from 'yargs';

/** An option as it was declared. */
export interface DeclaredOption {
  /** Without dashes. */
  readonly name: string;
  /** Its one letter, if it has one. */
  readonly letter: string | undefined;
  readonly takesValue: boolean;
  readonly meaning: string;
  /** What holds when it is not given, as text; undefined where that is nothing. */
  readonly otherwise: string | undefined;
  /** What it takes, and what that means; nothing where that is not one of some words. */
  readonly words: Words;
}

/** Words and their meanings. */
type Words = Readonly<Record<string, string>>;

/** A word that a command takes. */
export interface DeclaredPositional {
  readonly name: string;
  readonly meaning: string;
}

/** A command line, with `$0` for the program, and what it is good for. */
export interface DeclaredExample {
  readonly line: string;
  readonly meaning: string;
}

/** What a command declares, in its own order. */
export interface Declarations {
  readonly positionals: readonly DeclaredPositional[];
  readonly options: readonly DeclaredOption[];
  readonly examples: readonly DeclaredExample[];
  /** Paragraphs behind everything else. */
  readonly notes: readonly string[];
}

/** An option as yargs takes it, with what yargs need not know. */
type WordOption = Options & { readonly words?: Words };

/**
 * An option that takes one of some words, each with its meaning. They are not yargs' choices, which it would repeat behind the
 * description.
 */
export function oneOf(words: Words, describe: string): Options {
  const option: WordOption = { type: 'string', requiresArg: true, describe, words };
  return option;
}

/** The methods of yargs that commands declare with. */
type Declaring = 'positional' | 'option' | 'example' | 'epilogue' | 'group' | 'conflicts';

/**
 * What `build` declares, for those who show it otherwise than yargs does: the reference, completion, the nearest option. It is
 * written down as it is said, because yargs does not tell what it was told.
 */
export function declarationsOf(build: (yargs: Argv) => Argv): Declarations {
  const positionals: DeclaredPositional[] = [];
  const options: DeclaredOption[] = [];
  const examples: DeclaredExample[] = [];
  const notes: string[] = [];
  const recorder: Record<Declaring, (...words: never[]) => unknown> = {
    positional: (name: string, { describe = '' }: PositionalOptions) => {
      positionals.push({ name, meaning: describe });
      return recorder;
    },
    option: (name: string, { alias, type, describe = '', default: otherwise, words = {} }: WordOption) => {
      options.push({
        name,
        letter: typeof alias === 'string' ? alias : undefined,
        takesValue: type !== 'boolean',
        meaning: describe,
        otherwise: otherwise === undefined ? undefined : String(otherwise),
        words,
      });
      return recorder;
    },
    example: (line: string, meaning: string) => {
      examples.push({ line, meaning });
      return recorder;
    },
    epilogue: (text: string) => {
      notes.push(text);
      return recorder;
    },
    group: () => recorder,
    conflicts: () => recorder,
  };
  build(recorder as unknown as Argv);
  return { positionals, options, examples, notes };
}
