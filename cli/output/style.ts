import { styleText } from 'node:util';
import type { TaskStateWord } from '../../client/task-state.js';

/** Colours that are used; each is readable on dark and on light terminals. */
export type Paint = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'gray' | 'bold';

/** Paints a text, or leaves it as it is. */
export type Style = (paint: Paint | undefined, text: string) => string;

/** The style of everything that is no terminal: no colours. */
export const PLAIN: Style = (_paint, text) => text;

/** The style of a terminal. */
export const COLOURED: Style = (paint, text) =>
  // Whether to colour at all was decided with the user's wishes; newer versions of Node would ask the stream again.
  paint === undefined || text === '' ? text : styleText(paint, text, { validateStream: false });

/** Whether colours are wanted: not with --no-color, nor where NO_COLOR (https://no-color.org) or TERM=dumb say so. */
export function coloursWanted(flag: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return flag && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

const STATE_PAINT: Readonly<Record<string, Paint>> = {
  pending: 'yellow',
  running: 'cyan',
  stopping: 'magenta',
  stopped: 'magenta',
  completed: 'green',
  failed: 'red',
  Bound: 'green',
  Pending: 'yellow',
  Lost: 'red',
  Terminating: 'magenta',
} satisfies Partial<Record<TaskStateWord | 'Bound' | 'Pending' | 'Lost' | 'Terminating', Paint>>;

/** Colour of a task's, node's or volume's state. */
export function statePaint(word: string): Paint | undefined {
  return STATE_PAINT[word];
}

const NODE_PAINTS: readonly Paint[] = ['cyan', 'green', 'magenta', 'yellow', 'blue', 'red'];

/** Colour of a node, the same wherever it is named. */
export function nodePaint(index: number): Paint | undefined {
  return NODE_PAINTS[index % NODE_PAINTS.length];
}
