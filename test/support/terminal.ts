import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import type * as xterm from '@xterm/headless';
import type { House } from './house.js';
import { DIST } from './program.js';

// The names that this package exports are seen by require() only.
const { Terminal: Emulator } = createRequire(import.meta.url)('@xterm/headless') as typeof xterm;

/** How long something may take to appear, in milliseconds. */
const PATIENCE_MS = 100_000;
/** Lines that are kept when they have scrolled away. */
const SCROLLBACK = 10_000;

/** Keys that are no text. */
export const KEYS = { enter: '\r', tab: '\t', ctrlC: '\u0003', ctrlD: '\u0004', ctrlZ: '\u001a' } as const;

/** A line of a terminal, which takes several rows where it is too long for one. */
export interface Line {
  readonly text: string;
  readonly rows: number;
}

/** A terminal as a person has it: a program in a pseudo-terminal, what it shows, and its keyboard. */
export interface Terminal {
  /** The lines that it shows, those that have scrolled away included. */
  lines(): readonly Line[];
  /** The rows that are visible, as they are. */
  screen(): readonly string[];
  /** Numbers of the colours in which what matches is shown; empty for that of all text. */
  coloursOf(pattern: RegExp): readonly number[];
  /** Presses keys. */
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until the lines that it shows fit; rejects when its program has ended without. */
  until<T>(fits: (lines: readonly Line[]) => T | undefined | false, what: string): Promise<T>;
  /** The same for their text. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  /** Takes the terminal away from its program. */
  close(): void;
}

/** What a terminal is like. */
export interface TerminalOptions {
  /** Default: 80. */
  readonly columns?: number;
  /** Default: 24. */
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Returns what opens terminals for a suite, in which `k8s-cli` is on the path and set up for its house; its end closes them. */
export function useTerminals(house: House): (program: readonly string[], options?: TerminalOptions) => Terminal {
  const open: Terminal[] = [];
  let environment: Readonly<Record<string, string>> = {};

  before('k8s-cli on the path', () => {
    const bin = join(house.folder, 'bin');
    mkdirSync(bin);
    symlinkSync(join(DIST, 'cli', 'main.js'), join(bin, 'k8s-cli'));
    environment = {
      PATH: [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: house.folder,
      LANG: 'C.UTF-8',
      K8S_CLI_API_URL: house.server.url,
      K8S_CLI_USER: 'alice',
    };
  });

  after('the terminals', () => {
    for (const terminal of open) terminal.close();
  });

  return (program, options) => {
    const terminal = openTerminal(program, house.folder, environment, options);
    open.push(terminal);
    return terminal;
  };
}

function openTerminal(
  [file = '', ...args]: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
  { columns = 80, rows = 24, env }: TerminalOptions = {},
): Terminal {
  const emulator = new Emulator({ cols: columns, rows, scrollback: SCROLLBACK, allowProposedApi: true });
  const pty = spawn(file, args, {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd,
    env: { ...environment, ...env },
  });
  let over = false;
  const changes = new EventTarget();
  const change = (): boolean => changes.dispatchEvent(new Event('change'));
  pty.onData((data) => emulator.write(data, change));
  pty.onExit(() => {
    over = true;
    emulator.write('', change);
  });
  // Shells ask terminals what they can, and wait for the answer.
  emulator.onData((answer) => pty.write(answer));

  const terminal: Terminal = {
    lines: () => linesOf(emulator),
    screen: () => {
      const { active } = emulator.buffer;
      return Array.from(
        { length: emulator.rows },
        (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
      );
    },
    coloursOf: (pattern) => coloursOf(emulator, pattern),
    type: (keys) => pty.write(keys),
    resize: (newColumns, newRows) => {
      emulator.resize(newColumns, newRows);
      pty.resize(newColumns, newRows);
    },
    until: async (fits, what) => {
      const patience = AbortSignal.timeout(PATIENCE_MS);
      for (;;) {
        const last = over || patience.aborted;
        const found = fits(terminal.lines());
        if (found !== undefined && found !== false) return found;
        if (last) throw new Error(`the terminal did not show ${what}; it shows\n${textOf(terminal.lines())}`);
        await once(changes, 'change', { signal: patience }).catch(() => {});
      }
    },
    shows: (pattern) => terminal.until((lines) => pattern.exec(textOf(lines)) ?? undefined, String(pattern)),
    close: () => {
      if (!over) pty.kill('SIGHUP');
    },
  };
  return terminal;
}

function linesOf({ buffer: { active } }: xterm.Terminal): Line[] {
  const lines: { text: string; rows: number }[] = [];
  for (let row = 0; row < active.length; row++) {
    const line = active.getLine(row);
    const last = lines.at(-1);
    // A row that goes on keeps its blanks: they are in the middle of the line.
    const goesOn = active.getLine(row + 1)?.isWrapped === true;
    const text = line?.translateToString(!goesOn) ?? '';
    if (line?.isWrapped && last) Object.assign(last, { text: last.text + text, rows: last.rows + 1 });
    else lines.push({ text, rows: 1 });
  }
  return lines;
}

function textOf(lines: readonly Line[]): string {
  return lines.map(({ text }) => text).join('\n');
}

function coloursOf({ buffer: { active } }: xterm.Terminal, pattern: RegExp): number[] {
  const colours = new Set<number>();
  for (let row = 0; row < active.length; row++) {
    const line = active.getLine(row);
    const { index = 0, 0: { length } = '' } = pattern.exec(line?.translateToString() ?? '') ?? {};
    for (let column = index; column < index + length; column++) {
      const cell = line?.getCell(column);
      if (cell?.isFgPalette()) colours.add(cell.getFgColor());
    }
  }
  return [...colours];
}
