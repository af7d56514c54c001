import type { Argv } from 'yargs';
import type { Arguments } from './command.js';
import { parseDurationSeconds } from './duration.js';
import { usageError } from './errors.js';

/** Form of a command's answer. */
export type OutputFormat = 'text' | 'json';

/** Adds `-o json`. */
export function withOutput(yargs: Argv): Argv {
  return yargs.option('output', {
    alias: 'o',
    type: 'string',
    requiresArg: true,
    describe: "json: print the server's answer as JSON",
  });
}

/** Reads `-o`. */
export function outputOption(args: Arguments): OutputFormat {
  const value = textOption(args, 'output');
  if (value === undefined) return 'text';
  if (value === 'json') return value;
  throw usageError(`--output ${value}: only json is known`);
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

/** Text of a positional that must be there and not be empty: an empty id would mean something else to the server. */
export function positional(args: Arguments, name: string): string {
  const value = args[name];
  if (typeof value !== 'string' || value.trim() === '') throw usageError(`${name.toUpperCase()} must not be empty`);
  return value;
}

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

/** A whole number from 0 to 2,147,483,647. */
export function wholeNumber(text: string, what: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 0x7fffffff) return value;
  throw usageError(`${what} must be a whole number, not ${JSON.stringify(text)}`);
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
