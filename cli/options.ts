import type { Argv } from 'yargs';
import type { Arguments } from './command.js';
import { oneOf } from './declarations.js';
import { parseDurationSeconds } from './duration.js';
import { usageError } from './errors.js';

/** Forms of an answer that programs read. */
export type StructuredFormat = 'json' | 'yaml';

/** Form of a command's answer: for people, the same with nothing left out, names only, or for programs. */
export type OutputFormat = 'text' | 'wide' | 'name' | StructuredFormat;

/** Forms that `-o` asks for. */
type AskedFormat = Exclude<OutputFormat, 'text'>;

/** Formats of commands that show things: every one of them has all. */
export const READ_FORMATS = ['json', 'yaml', 'wide', 'name'] as const;
/** Formats of commands that change something. */
export const WRITE_FORMATS = ['json', 'yaml', 'name'] as const;

/** What the forms of one command's answer have, in a few words for its help. */
export interface OutputWords {
  /** The document: the message of the REST interface, or what it tells. */
  readonly json: string;
  /** What is named, in the plural where there may be several: one a line. */
  readonly name: string;
  /** Where it is more than the text with nothing left out. */
  readonly wide?: string;
}

/** Adds `-o FORMAT`. */
export function withOutput(
  yargs: Argv,
  formats: readonly AskedFormat[],
  { json, name, wide = 'nothing left out, however long the lines become' }: OutputWords,
): Argv {
  const meanings: Readonly<Record<AskedFormat, string>> = {
    json,
    yaml: 'the same as YAML',
    wide,
    name: `only ${name}`,
  };
  const words = Object.fromEntries(formats.map((format) => [format, meanings[format]]));
  const describe = formats.map((format) => `${format}: ${meanings[format]}`).join('; ');
  return yargs.option('output', { alias: 'o', ...oneOf(words, describe) });
}

/** Reads `-o`. */
export function outputOption<Format extends AskedFormat>(args: Arguments, formats: readonly Format[]): Format | 'text' {
  const value = wordOption(args, 'output', formats);
  return formats.find((known) => known === value) ?? 'text';
}

/** Reads an option that takes one of some words; undefined when it was not given. */
export function wordOption(args: Arguments, name: string, words: readonly string[]): string | undefined {
  const value = textOption(args, name);
  if (value === undefined || words.includes(value)) return value;
  throw usageError(`--${name} ${value}: use ${words.join(', ')}`);
}

/** Adds `--yes`. */
export function withYes(yargs: Argv): Argv {
  return yargs.option('yes', { alias: 'y', type: 'boolean', describe: 'do not ask' });
}

/** Whether an answer is for programs. */
export function isStructured(format: OutputFormat): format is StructuredFormat {
  return format === 'json' || format === 'yaml';
}

/** Text of an option that may be given once; undefined when it was not. */
export function textOption(args: Arguments, name: string): string | undefined {
  const value = args[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value)) throw usageError(`--${name} is given more than once`);
  if (value === '') throw usageError(`--${name} must not be empty`);
  if (typeof value !== 'string') throw usageError(`--${name} needs a value`);
  return value;
}

/** Texts of an option that may be repeated; empty when it was not given. */
export function textsOption(args: Arguments, name: string): readonly string[] {
  const value = args[name];
  const given: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const texts = given.map(String);
  if (texts.includes('')) throw usageError(`--${name} must not be empty`);
  return texts;
}

/** Text of a positional that must be there and not be empty: an empty id would mean something else to the server. */
export function positional(args: Arguments, name: string): string {
  const value = args[name];
  if (typeof value !== 'string' || value.trim() === '') throw usageError(`${name.toUpperCase()} must not be empty`);
  return value;
}

/** Texts of a positional that may be given several times; none of them empty. */
export function positionals(args: Arguments, name: string): string[] {
  const value = args[name];
  return (Array.isArray(value) ? value : [value]).map((word: unknown) => positional({ [name]: word }, name));
}

/** The same for a positional that may be left out. */
export function optionalPositional(args: Arguments, name: string): string | undefined {
  return args[name] === undefined ? undefined : positional(args, name);
}

/** `--lenient`, of commands that take task files. */
export const LENIENT = {
  type: 'boolean',
  describe: 'ignore the names of other clouds with a warning rather than refuse them',
} as const;

/** Whether a flag is set. The last one counts when it is repeated. */
export function flag(args: Arguments, name: string): boolean {
  const value = args[name];
  return Array.isArray(value) ? value.at(-1) === true : value === true;
}

/** Texts of an option that takes `a,b` and may be repeated; empty when it was not given. */
export function listOption(args: Arguments, name: string): string[] {
  const value = args[name];
  if (value === undefined) return [];
  const items = (Array.isArray(value) ? value : [value]).flatMap((text) => String(text).split(','));
  if (items.some((item) => item.trim() === '')) throw usageError(`--${name}: there is an empty item in the list`);
  return items.map((item) => item.trim());
}

/** A whole number of a range, which ends where the whole numbers of a request do unless something is said. */
export function wholeNumber(text: string, what: string, min = 0, max = 0x7fffffff): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw usageError(`${what} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}

/** The index of a node, which is also known by its name: `3` or `node-3`. */
export function nodeIndex(text: string): number {
  return wholeNumber(text.replace(/^node-/, ''), '--node');
}

/** A regular expression of JavaScript. */
export function regularExpression(text: string, what: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw usageError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A span of time such as 10m or 1h30m, in seconds. */
export function secondsOption(args: Arguments, name: string): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const seconds = parseDurationSeconds(text);
  if (seconds === undefined) {
    throw usageError(`--${name} ${text}: not a span of time; write for example 45s, 10m, 1h30m or 2d`);
  }
  return seconds;
}
