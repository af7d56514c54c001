import { KEYS, type Line, type Terminal } from './terminal.js';

/** What a command line left behind. */
export interface Shown {
  readonly lines: readonly Line[];
  readonly text: string;
  readonly code: number;
}

/** An interactive bash without anybody's settings, with job control. */
export const BASH = ['bash', '--norc', '--noprofile', '-i'] as const;
/** Its environment. Prompts are numbered, and below whatever has not ended its line: `[number:exit code] $ `. */
export const BASH_ENV = { PS1: '\\n[\\#:$?] $ ', HISTFILE: '' } as const;

/** Types command lines into {@link BASH}. */
export class Shell {
  readonly terminal: Terminal;
  #next = 1;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** Types a command line and presses Enter, when there is a prompt. */
  async enter(line: string): Promise<void> {
    await this.#prompt(this.#next);
    this.terminal.type(line + KEYS.enter);
    this.#next += 1;
  }

  /** Waits until what was entered last has shown something that matches. */
  async shows(pattern: RegExp): Promise<void> {
    await this.terminal.until((lines) => pattern.test(textOf(this.#since(lines))), String(pattern));
  }

  /** Waits for the end of what was entered last. */
  async done(): Promise<Shown> {
    const code = await this.#prompt(this.#next);
    const since = this.#since(this.terminal.lines());
    // The blank line is that of the prompt.
    const lines = since.slice(0, since.findIndex(({ text }) => text.startsWith(`[${this.#next}:`)) - 1);
    return { lines, text: textOf(lines), code };
  }

  /** Both. */
  async run(line: string): Promise<Shown> {
    await this.enter(line);
    return this.done();
  }

  /** What is below the command line that was entered last. */
  #since(lines: readonly Line[]): readonly Line[] {
    const prompt = lines.findIndex(({ text }) => text.startsWith(`[${this.#next - 1}:`));
    return prompt < 0 ? [] : lines.slice(prompt + 1);
  }

  /** Waits for a prompt and returns the exit code in it. */
  async #prompt(number: number): Promise<number> {
    const [, code = ''] = await this.terminal.shows(new RegExp(`^\\[${number}:(\\d+)\\] \\$ ?$`, 'm'));
    return Number(code);
  }
}

function textOf(lines: readonly Line[]): string {
  return lines.map(({ text }) => `${text}\n`).join('');
}
