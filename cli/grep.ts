import type { StreamTaskLogsResponse, TaskLogEntry } from '../client/index.js';

/** A line that is longer is judged by so much of its beginning. */
const MAX_JUDGED_BYTES = 1024 * 1024;

/** Pieces of a node's line that are kept back until it can be judged, or what was decided about the line. */
type Line = { pieces: TaskLogEntry[]; bytes: number } | 'shown' | 'hidden';

/**
 * Passes on the lines in which the pattern is found, in text that is not UTF-8 with the bytes that are none replaced, and everything
 * that is no line. Only the lines themselves are looked at, not what is printed in front of them.
 */
export async function* grepLines(
  messages: AsyncIterable<StreamTaskLogsResponse>,
  pattern: RegExp,
): AsyncGenerator<StreamTaskLogsResponse, void, undefined> {
  const lines = new Map<number, Line>();
  for await (const message of messages) {
    const rest = message.summary ? unfinished(lines, pattern) : [];
    if (rest.length > 0) yield { ...message, entries: [...rest], resumeToken: '', summary: undefined };
    const entries = message.entries.flatMap((entry) => judge(lines, entry, pattern));
    if (entries.length > 0 || message.entries.length === 0) yield { ...message, entries };
  }
}

/** What this piece of a line lets through. */
function judge(lines: Map<number, Line>, entry: TaskLogEntry, pattern: RegExp): readonly TaskLogEntry[] {
  const line = lines.get(entry.node) ?? { pieces: [], bytes: 0 };
  if (!entry.partial) lines.delete(entry.node);
  if (line === 'shown') return [entry];
  if (line === 'hidden') return [];
  line.pieces.push(entry);
  line.bytes += contentOf(entry).length;
  const more = entry.partial && line.bytes < MAX_JUDGED_BYTES;
  const shown = !more && matches(line.pieces, pattern);
  if (entry.partial) lines.set(entry.node, more ? line : shown ? 'shown' : 'hidden');
  return shown ? line.pieces : [];
}

/** Lines whose end nobody will ever give. */
function unfinished(lines: ReadonlyMap<number, Line>, pattern: RegExp): readonly TaskLogEntry[] {
  return [...lines.values()].flatMap((line) =>
    typeof line === 'object' && matches(line.pieces, pattern) ? line.pieces : [],
  );
}

function matches(pieces: readonly TaskLogEntry[], pattern: RegExp): boolean {
  return pattern.test(Buffer.concat(pieces.map(contentOf)).toString());
}

function contentOf({ raw, text }: TaskLogEntry): Uint8Array {
  return raw.length > 0 ? raw : Buffer.from(text);
}
