/** What of a Markdown page can be run. */

/** A command with what the page says that it prints. */
export interface Step {
  /** As it is typed; several lines where it goes on in the next one. */
  readonly command: string;
  /** Lines; none where the page does not say. */
  readonly prints: readonly string[];
}

/** A fenced block of commands, or a file that the commands behind it need. */
export type Block =
  | { readonly kind: 'file'; readonly line: number; readonly name: string; readonly text: string }
  | {
      readonly kind: 'commands';
      /** Of the fence, from 1. */
      readonly line: number;
      readonly steps: readonly Step[];
      /** Why it is not run; undefined where it is. */
      readonly notRun: string | undefined;
    };

const COMMENT = /^\s*<!-- (not run|file): (.+) -->$/;
const FENCE = /^(\s*)```(\w*)$/;

/**
 * The blocks of a page, in their order: each fence of `sh` (commands) and `console` (commands behind `$ `, and what they print), and
 * of any kind behind `<!-- file: NAME -->`. `<!-- not run: WHY -->` in front of a fence says that its commands cannot be run.
 */
export function blocksOf(page: string): Block[] {
  const lines = page.split('\n');
  const blocks: Block[] = [];
  let comment: RegExpExecArray | null = null;
  for (let index = 0; index < lines.length; index += 1) {
    const text = lines[index] ?? '';
    const fence = FENCE.exec(text);
    if (fence === null) {
      if (text.trim() !== '') comment = COMMENT.exec(text);
      continue;
    }
    const [, indent = '', language = ''] = fence;
    const end = lines.indexOf(`${indent}\`\`\``, index + 1);
    if (end < 0) throw new Error(`line ${index + 1}: the fence has no end`);
    const inside = lines.slice(index + 1, end).map((line) => line.slice(indent.length));
    const line = index + 1;
    if (comment?.[1] === 'file') {
      blocks.push({ kind: 'file', line, name: comment[2] ?? '', text: `${inside.join('\n')}\n` });
    } else if (language === 'sh' || language === 'console') {
      const steps = language === 'sh' ? commandsOf(inside) : stepsOf(inside);
      blocks.push({ kind: 'commands', line, steps, notRun: comment?.[2] });
    }
    comment = null;
    index = end;
  }
  return blocks;
}

function commandsOf(lines: readonly string[]): Step[] {
  return lines.filter((line) => !/^\s*(?:#.*)?$/.test(line)).map((command) => ({ command, prints: [] }));
}

function stepsOf(lines: readonly string[]): Step[] {
  const steps: { command: string; prints: string[] }[] = [];
  for (const line of lines) {
    const last = steps.at(-1);
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), prints: [] });
    else if (last === undefined) throw new Error(`"${line}" stands in front of the first command`);
    else if (line.startsWith('> ') && last.prints.length === 0) last.command += `\n${line.slice(2)}`;
    else if (line !== '') last.prints.push(line);
  }
  return steps;
}
