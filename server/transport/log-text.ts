/** Log streams of the domain -> the text of TailTaskLogs. */

import type { HttpBody } from '../../gen/google/api/httpbody.js';
import type { LogMessage, NodePieces } from '../domain/logs.js';
import { timeText } from '../domain/logs/time.js';
import type { LogPiece } from '../domain/ports.js';

/** A line that is longer is told in several: a message has to fit into memory. */
const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = Buffer.from('\n');
const NOTHING = Buffer.alloc(0);
const CONTENT_TYPE = 'text/plain; charset=utf-8';

/** How the text looks. */
export interface TextOptions {
  /** Put `node-{idx} | ` in front of each line. */
  readonly several: boolean;
  /** Put the time in front of each line. */
  readonly timestamps: boolean;
}

/** The lines of a stream; each message holds whole lines without the last newline. Everything that is no line is left out. */
export async function* logText(
  messages: AsyncIterable<LogMessage>,
  options: TextOptions,
): AsyncGenerator<HttpBody, void, undefined> {
  const unfinished = new Map<number, Line>();
  for await (const message of messages) {
    if (message.kind !== 'entries') continue;
    const body = finish(message.entries, unfinished, options);
    if (body) yield body;
  }
  // Of a line whose end nobody will ever give, what there is.
  if (unfinished.size > 0) yield new Text([...unfinished.values()]);
}

/** The lines that end with these pieces; what else there is of them becomes part of the unfinished ones. */
function finish(entries: readonly NodePieces[], unfinished: Map<number, Line>, options: TextOptions): Text | undefined {
  const lines: Line[] = [];
  for (const { node, pieces } of entries) {
    for (const piece of pieces.splice(0)) {
      const line = unfinished.get(node) ?? { prefix: prefixOf(node, piece, options), pieces: [], bytes: 0 };
      line.pieces.push(piece.bytes);
      line.bytes += piece.bytes.length;
      unfinished.set(node, line);
      if (piece.partial && line.bytes < MAX_LINE_BYTES) continue;
      unfinished.delete(node);
      lines.push(line);
    }
  }
  return lines.length > 0 ? new Text(lines) : undefined;
}

/** A line whose pieces are being collected. */
interface Line {
  readonly prefix: string;
  readonly pieces: Uint8Array[];
  bytes: number;
}

/** Lines as one message, until it is written. */
class Text implements HttpBody, Disposable {
  readonly contentType = CONTENT_TYPE;
  readonly extensions = [];
  data: Buffer;

  constructor(lines: readonly Line[]) {
    const parts: Uint8Array[] = [];
    for (const { prefix, pieces } of lines) {
      if (parts.length > 0) parts.push(NEWLINE);
      if (prefix !== '') parts.push(Buffer.from(prefix));
      for (const piece of pieces) parts.push(piece);
    }
    this.data = Buffer.concat(parts);
  }

  [Symbol.dispose](): void {
    this.data = NOTHING;
  }
}

function prefixOf(node: number, piece: LogPiece, options: TextOptions): string {
  const time = options.timestamps ? `${timeText(piece.timeNs)} ` : '';
  return options.several ? `node-${node} | ${time}` : time;
}
