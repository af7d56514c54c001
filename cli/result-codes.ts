import type { Argv } from 'yargs';
import type { Arguments } from './command.js';
import { oneOf } from './declarations.js';
import type { ResultCodes } from './exit-codes.js';
import { wordOption } from './options.js';

const MEANINGS: Readonly<Record<ResultCodes, string>> = {
  task: 'the exit code of the node that failed first',
  sky: '0 succeeded, 100 failed, 101 not finished, 102 not found, 103 cancelled',
};

/** Adds `--exit-code`, of commands that end with the result of a task. */
export function withResultCodes(yargs: Argv): Argv {
  const describe = `tell the result by the task's own code (task, the default) or as SkyPilot does (sky: ${MEANINGS.sky})`;
  return yargs.option('exit-code', oneOf(MEANINGS, describe));
}

/** Which codes `--exit-code` asks for. */
export function resultCodesOption(args: Arguments): ResultCodes {
  return wordOption(args, 'exit-code', Object.keys(MEANINGS)) === 'sky' ? 'sky' : 'task';
}
