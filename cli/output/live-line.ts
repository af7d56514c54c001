import type { Io } from '../io.js';
import { formatSpokenSpan } from './age.js';
import { printable } from './table.js';
import { cutText, textWidth } from './text-width.js';

/** One line at the end of the terminal that says what is waited for and for how long. */
export interface LiveLine {
  /** Shows a text in place of the one before; it is waited for since so many milliseconds. */
  show(text: string, waitedMs: number): Promise<void>;
  /** Takes the line away, so that something else may be printed. */
  clear(): Promise<void>;
}

/** Some terminals wrap when the last column is used, and ^C, which they show when it is pressed, takes two. */
const FREE_COLUMNS = 3;
const TICK_MS = 1000;
const ERASE = '\r\u001b[2K';

/** Makes a live line on stderr, which must be a terminal. */
export function createLiveLine(io: Io, now: () => number): LiveLine {
  let beganMs = now();
  let text: string | undefined;
  /** Columns of the line that stands there. */
  let width = 0;
  let timer: NodeJS.Timeout | undefined;
  let forget: (() => void) | undefined;

  const columns = (): number => io.errColumns ?? 80;

  async function draw(): Promise<void> {
    if (text === undefined) return;
    const span = ` (${formatSpokenSpan(now() - beganMs)})`;
    const room = Math.max(1, columns() - FREE_COLUMNS - span.length);
    const line = cutText(printable(text), room) + span;
    const before = erase();
    width = textWidth(line);
    await io.err(before + line);
  }

  /** A line that a terminal has become too narrow for goes on in further rows there. */
  function erase(): string {
    const further = Math.ceil(width / columns()) - 1;
    return further > 0 ? `\r\u001b[${further}A\u001b[J` : ERASE;
  }

  return {
    show: (next, waitedMs) => {
      text = next;
      beganMs = now() - waitedMs;
      timer ??= setInterval(() => void draw(), TICK_MS);
      forget ??= io.onDisturbed((what) => {
        // After a stop there are lines of others where it stood.
        if (what === 'continued') width = 0;
        void draw();
      });
      return draw();
    },
    clear: async () => {
      clearInterval(timer);
      forget?.();
      [timer, forget] = [undefined, undefined];
      if (text === undefined) return;
      text = undefined;
      await io.err(erase());
      width = 0;
    },
  };
}
