import { stripVTControlCharacters } from 'node:util';
import type { Io } from '../io.js';
import { textWidth } from './text-width.js';

/** A text on the terminal that is replaced by newer ones. */
export interface Screen {
  draw(text: string): Promise<void>;
  /** Leaves the last text where it is. */
  end(): void;
}

const CLEAR_ALL = '\u001b[2J\u001b[H';

/** Makes a screen on stdout, which must be a terminal. `redraw` is asked for when the terminal no longer shows what was drawn. */
export function createScreen(io: Io, redraw: () => void): Screen {
  let drawnRows = 0;
  let prefix = '';
  const forget = io.onDisturbed((what) => {
    // After a resize nobody knows where the lines went; after a pause there are lines of others below.
    drawnRows = 0;
    prefix = what === 'resized' ? CLEAR_ALL : '';
    redraw();
  });
  return {
    draw: async (text) => {
      const lines = fitted(text.trimEnd().split('\n'), io);
      const up = drawnRows > 0 ? `\u001b[${drawnRows}A` : '';
      drawnRows = lines.reduce((sum, line) => sum + rowsOf(line, io.columns), 0);
      const whole = `${prefix}${up}\r\u001b[J${lines.join('\n')}\n`;
      prefix = '';
      await io.out(whole);
    },
    end: forget,
  };
}

/** As many lines as the terminal shows at once: what has scrolled away cannot be replaced. */
function fitted(lines: readonly string[], { rows, columns }: Io): readonly string[] {
  const room = Math.max(2, (rows ?? 24) - 1);
  let taken = 0;
  let count = 0;
  for (const line of lines) {
    taken += rowsOf(line, columns);
    if (taken > room) break;
    count += 1;
  }
  if (count === lines.length) return lines;
  const shown = Math.max(1, count - 1);
  return [...lines.slice(0, shown), `… ${lines.length - shown} more lines`];
}

function rowsOf(line: string, columns = 80): number {
  return Math.max(1, Math.ceil(textWidth(stripVTControlCharacters(line)) / columns));
}
