import type { Argv } from 'yargs';
import type { TaskOverrides } from '../client/index.js';
import { MAX_NODES } from '../taskfile/fields/num-nodes.js';
import type { Arguments } from './command.js';
import type { CommandContext } from './context.js';
import { parseEnvFile } from './env-file.js';
import { usageError } from './errors.js';
import { textOption, textsOption, wholeNumber } from './options.js';
import { fileName, readTextFile } from './text-file.js';

/** One kind of variables: files first, then what the command line itself says. */
interface VariableOptions {
  readonly files: readonly string[];
  /** Each `NAME=value`, or `NAME` for the caller's own value. */
  readonly words: readonly string[];
}

/** What a command line says instead of the task file. */
export interface OverrideOptions {
  readonly envs: VariableOptions;
  readonly secrets: VariableOptions;
  readonly name: string | undefined;
  readonly numNodes: number | undefined;
  readonly cpus: string | undefined;
  readonly memory: string | undefined;
  readonly gpus: string | undefined;
  readonly image: string | undefined;
}

/** The same with the values of all variables. */
export interface Overrides extends Omit<OverrideOptions, 'envs' | 'secrets'> {
  readonly envs: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const TEXT = { type: 'string', requiresArg: true } as const;

/** Adds the options that win over what the task file says. */
export function withOverrides(yargs: Argv): Argv {
  return yargs
    .option('env', { ...TEXT, alias: 'e', describe: 'NAME=value, or NAME for its value here; may be repeated' })
    .option('env-file', { ...TEXT, describe: 'file with NAME=value lines; may be repeated' })
    .option('secret', { ...TEXT, describe: 'as --env, kept in a Secret; NAME alone keeps the value out of ps' })
    .option('secret-file', { ...TEXT, describe: 'as --env-file, kept in a Secret' })
    .option('name', { ...TEXT, alias: 'n', describe: 'name of the task' })
    .option('num-nodes', { ...TEXT, describe: 'number of nodes' })
    .option('cpus', { ...TEXT, describe: 'CPU of each node: 2, 0.5, 500m' })
    .option('memory', { ...TEXT, describe: 'memory of each node: 4Gi, 512Mi' })
    .option('gpus', { ...TEXT, describe: 'GPUs of each node: 1, V100:2' })
    .option('image', { ...TEXT, describe: 'container image' })
    .group(
      ['env', 'env-file', 'secret', 'secret-file', 'name', 'num-nodes', 'cpus', 'memory', 'gpus', 'image'],
      'Instead of what the file says:',
    );
}

/** Reads them. Throws a CliError for what is no variable or no number. */
export function overrideOptions(args: Arguments): OverrideOptions {
  const numNodes = textOption(args, 'num-nodes');
  return {
    envs: variableOptions(args, 'env'),
    secrets: variableOptions(args, 'secret'),
    name: textOption(args, 'name'),
    numNodes: numNodes === undefined ? undefined : wholeNumber(numNodes, '--num-nodes', 1, MAX_NODES),
    cpus: textOption(args, 'cpus'),
    memory: textOption(args, 'memory'),
    gpus: textOption(args, 'gpus'),
    image: textOption(args, 'image'),
  };
}

function variableOptions(args: Arguments, option: string): VariableOptions {
  const words = textsOption(args, option);
  for (const word of words) {
    if (NAME.test(nameIn(word))) continue;
    // Nothing of it is repeated: a value may have got into the wrong place.
    const rule = 'a name has letters, digits and "_", and begins with no digit';
    throw usageError(`--${option} takes NAME=value or NAME; ${rule}`);
  }
  return { words, files: textsOption(args, `${option}-file`) };
}

/** The files that the options name. */
export function overrideFiles({ envs, secrets }: OverrideOptions): readonly string[] {
  return [...envs.files, ...secrets.files];
}

/** Looks up and reads what the options only name. Throws a CliError for what is not there. */
export async function resolveOverrides(context: CommandContext, options: OverrideOptions): Promise<Overrides> {
  return {
    ...options,
    envs: await variables(context, options.envs, 'env'),
    secrets: await variables(context, options.secrets, 'secret'),
  };
}

/** The same as the server takes it. */
export function overridesMessage({ gpus, image, ...rest }: Overrides): TaskOverrides {
  const { envs, secrets, numNodes, name = '', cpus = '', memory = '' } = rest;
  return { envs, secrets, numNodes, name, cpus, memory, accelerators: gpus ?? '', imageId: image ?? '' };
}

async function variables(
  { env, io, signal }: CommandContext,
  { files, words }: VariableOptions,
  option: string,
): Promise<Readonly<Record<string, string>>> {
  const lookup = (name: string): string | undefined => env[name];
  const found = new Map<string, string>();
  for (const file of files) {
    const text = await readTextFile(file, io, signal);
    for (const [name, value] of parseEnvFile(text, fileName(file), lookup)) found.set(name, value);
  }
  for (const word of words) {
    const name = nameIn(word);
    const value = word === name ? lookup(name) : word.slice(name.length + 1);
    if (value === undefined) {
      throw usageError(`--${option} ${name}: is not set in your environment; write --${option} ${name}=value`);
    }
    found.set(name, value);
  }
  return Object.fromEntries(found);
}

function nameIn(word: string): string {
  return word.split('=', 1)[0] ?? word;
}
