import { type AnyCommand, commandName } from '../command.js';
import { COMMAND_GROUPS, SINGLE_COMMANDS } from '../commands/index.js';
import { type DeclaredOption, declarationsOf } from '../declarations.js';
import { withGlobalOptions } from '../global-options.js';
import { SHELLS } from './scripts.js';

/** What could stand next: a word, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

/** What is wanted where a command line ends: words that are known here, or something that has to be looked up. */
export type Wanted =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  /** Empty: whatever their status is. */
  | { readonly kind: 'tasks'; readonly statuses: readonly string[] }
  | { readonly kind: 'volumes' | 'contexts' | 'files' | 'nothing' };

/** For commands that are of no use with every task: the statuses of those that they are for. */
const STATUSES = new Map([
  ['stop', ['running', 'pending']],
  ['exec', ['running']],
  ['port-forward', ['running']],
]);

/** What may come at the end of these words, the last of which has just been begun and may be empty. */
export function wantedAt(words: readonly string[]): Wanted {
  // `help jobs submit` has the words of the command.
  if (words[0] === 'help' && words.length === 3) return wantedAt(words.slice(1));
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const plain: string[] = [];
  let command: AnyCommand | undefined;
  let noun: string | undefined;
  let option: string | undefined;
  for (const word of before) {
    if (option !== undefined) option = undefined;
    else if (word.startsWith('-') && word !== '-') option = declared(word, command)?.takesValue ? word : undefined;
    else {
      plain.push(word);
      const group = COMMAND_GROUPS.find((one) => one.noun === plain[0]);
      noun = group?.noun;
      command = group
        ? group.verbs.find((verb) => commandName(verb) === plain[1])
        : SINGLE_COMMANDS.find((one) => commandName(one) === plain[0]);
    }
  }
  if (option !== undefined) return valueOf(option, command);
  if (current.startsWith('-')) return { kind: 'words', words: optionCandidates(command) };
  if (command !== undefined) return positionalOf(command, noun, plain.length - (noun === undefined ? 1 : 2));
  if (noun !== undefined && plain.length === 1)
    return verbsOf(COMMAND_GROUPS.find((one) => one.noun === noun)?.verbs ?? []);
  if (plain.length > 0) return { kind: 'nothing' };
  return { kind: 'words', words: commandCandidates() };
}

function commandCandidates(): readonly Candidate[] {
  const nouns = COMMAND_GROUPS.map((group) => ({ word: group.noun, meaning: group.summary }));
  return [...nouns, ...SINGLE_COMMANDS.map(toCandidate)];
}

function verbsOf(commands: readonly AnyCommand[]): Wanted {
  return { kind: 'words', words: commands.map(toCandidate) };
}

function toCandidate(command: AnyCommand): Candidate {
  return { word: commandName(command), meaning: command.summary };
}

function valueOf(option: string, command: AnyCommand | undefined): Wanted {
  if (option === '--context') return { kind: 'contexts' };
  if (option.endsWith('-file')) return { kind: 'files' };
  const words = Object.entries(declared(option, command)?.words ?? {});
  if (words.length === 0) return { kind: 'nothing' };
  return { kind: 'words', words: words.map(([word, meaning]) => ({ word, meaning })) };
}

/** What the positional at this place is, by the name that the command's usage gives it. */
function positionalOf(command: AnyCommand, noun: string | undefined, at: number): Wanted {
  const names = command.usage.split(' ').slice(1);
  const name = names[at] ?? (names.at(-1)?.includes('..') ? names.at(-1) : undefined);
  switch (name?.replaceAll(/[^a-z]/g, '') ?? '') {
    case 'id':
      return noun === 'volumes'
        ? { kind: 'volumes' }
        : { kind: 'tasks', statuses: STATUSES.get(commandName(command)) ?? [] };
    case 'file':
      return { kind: 'files' };
    case 'name':
      return { kind: noun === 'config' ? 'contexts' : 'nothing' };
    case 'topic':
      return {
        kind: 'words',
        words: [{ word: 'exit-codes', meaning: 'what the exit codes mean' }, ...commandCandidates()],
      };
    case 'shell':
      return { kind: 'words', words: SHELLS.map((word) => ({ word, meaning: '' })) };
    default:
      return { kind: 'nothing' };
  }
}

/** The option that a word with its dashes names. */
function declared(word: string, command: AnyCommand | undefined): DeclaredOption | undefined {
  const given = word.replace(/^-+/, '');
  return optionsOf(command).find(({ name, letter }) => name === given || letter === given);
}

/** The options of a command, then those of all. */
function optionsOf(command: AnyCommand | undefined): readonly DeclaredOption[] {
  return [...(command ? [command.build] : []), withGlobalOptions].flatMap((build) => declarationsOf(build).options);
}

/** `--no-…` where the option itself changes nothing. */
function optionCandidates(command: AnyCommand | undefined): readonly Candidate[] {
  const options = optionsOf(command).map(({ name, meaning, otherwise }) => ({
    word: otherwise === 'true' ? `--no-${name}` : `--${name}`,
    meaning,
  }));
  return [...options, { word: '--help', meaning: 'help' }];
}
