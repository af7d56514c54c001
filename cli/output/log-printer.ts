import type { TaskLogEntry } from '../../client/index.js';
import { formatTimestampNanos } from '../../client/timestamp.js';
import { nodePaint, type Style } from './style.js';

/** How log lines are printed. */
export interface LogStyle {
  /** Put `node-{idx} | ` in front of each line. */
  readonly prefix: boolean;
  /** Put the time of each line in front of it. */
  readonly timestamps: boolean;
  /** Colours of the prefix. */
  readonly style: Style;
}

/** Prints the entries of one task's log. */
export interface LogPrinter {
  /** Prints entries in their order; waits while the reader is slow. */
  entries(entries: readonly TaskLogEntry[]): Promise<void>;
  /** Ends the line that is being printed, so that something else may be. */
  breakLine(): Promise<void>;
  /** Prints pieces of lines that never ended. */
  flush(): Promise<void>;
}

/** What stands in front of a node's lines. */
export function nodePrefix(node: number, style: Style): string {
  return `${style(nodePaint(node), `node-${node} |`)} `;
}

/** Text that is text is written as such; bytes of a program that writes something else stay bytes. */
type Piece = string | Buffer;

const NEWLINE = '\n';

/** Pieces of a line that is kept back until it is whole, so that lines of several nodes do not mix. */
interface Held {
  pieces: Piece[];
  bytes: number;
}

/** Longest unfinished line that is kept back for one node. A longer one is printed as it comes. */
const MAX_HELD_BYTES = 1024 * 1024;

/**
 * Makes a printer. Without a prefix every byte goes through as it came. With one, lines are whole: the pieces of a line are
 * joined, a last line without newline gets one, and a line longer than 1 MiB is cut where another node's line falls into it.
 */
export function createLogPrinter(style: LogStyle, write: (bytes: Buffer) => Promise<void>): LogPrinter {
  const held = new Map<number, Held>();
  /** Node whose line is on the screen without its end. */
  let open: number | undefined;
  let output: Piece[] = [];

  function lineStart(entry: TaskLogEntry): string {
    const time = style.timestamps && entry.time ? `${formatTimestampNanos(entry.time)} ` : '';
    return style.prefix ? `${nodePrefix(entry.node, style.style)}${time}` : time;
  }

  function closeOpenLine(): void {
    if (open === undefined) return;
    output.push(NEWLINE);
    open = undefined;
  }

  /** Says where the line stands behind what was just put out of it. */
  function leave(node: number, ended: boolean, newline: boolean): void {
    open = ended && newline ? undefined : node;
    if (ended && newline) output.push(NEWLINE);
  }

  function add(entry: TaskLogEntry): void {
    const { node } = entry;
    const content = entry.raw.length > 0 ? entry.raw : entry.text;
    const ended = !entry.partial;
    if (!style.prefix) {
      if (open !== node) {
        closeOpenLine();
        if (style.timestamps) output.push(lineStart(entry));
      }
      output.push(content);
      leave(node, ended, entry.newline);
      return;
    }
    if (open === node) {
      output.push(content);
      leave(node, ended, true);
      return;
    }
    const line = held.get(node) ?? { pieces: [lineStart(entry)], bytes: 0 };
    line.pieces.push(content);
    line.bytes += Buffer.byteLength(content);
    if (!ended && line.bytes < MAX_HELD_BYTES) {
      held.set(node, line);
      return;
    }
    held.delete(node);
    emit(node, line, ended);
  }

  function emit(node: number, { pieces }: Held, ended: boolean): void {
    closeOpenLine();
    output.push(...pieces);
    leave(node, ended, true);
  }

  async function send(): Promise<void> {
    if (output.length === 0) return;
    const bytes = joined(output);
    output = [];
    await write(bytes);
  }

  return {
    entries: (entries) => {
      for (const entry of entries) add(entry);
      return send();
    },
    breakLine: () => {
      closeOpenLine();
      return send();
    },
    flush: () => {
      for (const [node, line] of held) emit(node, line, true);
      held.clear();
      if (style.prefix) closeOpenLine();
      return send();
    },
  };
}

/** The pieces as bytes: texts in a row are encoded at once. */
function joined(pieces: readonly Piece[]): Buffer {
  if (pieces.every((piece) => typeof piece === 'string')) return Buffer.from(pieces.join(''));
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}
