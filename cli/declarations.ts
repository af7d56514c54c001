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
}

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

/** The methods of yargs that commands declare with. */
type Declaring = 'positional' | 'option' | 'example' | 'epilogue' | 'group';

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
    option: (name: string, { alias, type, describe = '', default: otherwise }: Options) => {
      options.push({
        name,
        letter: typeof alias === 'string' ? alias : undefined,
        takesValue: type !== 'boolean',
        meaning: describe,
        otherwise: otherwise === undefined ? undefined : String(otherwise),
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
  };
  build(recorder as unknown as Argv);
  return { positionals, options, examples, notes };
}
