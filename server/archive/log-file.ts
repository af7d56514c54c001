/**
 * One kept log: a file with the lines as the log API of Kubernetes gives them with timestamps, so that it reads well with any
 * tool, and beside it, if something is missing in it, a list of its gaps.
 */

import { createReadStream } from 'node:fs';
import { access, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Cursor } from '../domain/logs/cursor.js';
import { rotatedGap } from '../domain/logs/gap.js';
import { LineCutter } from '../domain/logs/pieces.js';
import { nsOf, timeText } from '../domain/logs/time.js';
import type { LogEvent, LogOptions, LogPiece } from '../domain/ports.js';
import { Intake } from '../intake.js';
import { ifThere } from './if-there.js';

const NEWLINE = Buffer.from('\n');
/** A log that is being written is touched so often, however silent its program is: what nobody touches is left over. */
const TOUCH_MS = 600_000;
const PART = '.part';

/** Lines that are missing behind the first `afterLines` whole ones. */
interface Gap {
  readonly afterLines: number;
  readonly afterNs: string | undefined;
  readonly beforeNs: string | undefined;
  readonly reason: string;
}

/** Whether a file of this name is a log that is being written, or was when its server was killed. */
export function isPart(name: string): boolean {
  return name.endsWith(PART);
}

/**
 * Writes a log to `path`, which is there, whole and on the disk, when this resolves; before that and after a failure it is not
 * there. `suffix` keeps writers apart. Throws the file system's error, or that of the log.
 */
export async function writeLog(path: string, suffix: string, events: AsyncIterable<LogEvent>): Promise<void> {
  const part = `${path}.${suffix}${PART}`;
  const gaps: Gap[] = [];
  let lines = 0;
  const file = await open(part, 'wx', 0o600);
  const touching = setInterval(() => {
    const now = new Date();
    file.utimes(now, now).catch(() => {});
  }, TOUCH_MS).unref();
  try {
    let begun = false;
    for await (const event of events) {
      if (event.kind === 'gap') {
        const { afterNs, beforeNs, reason } = event;
        // The rest of the line is among what is missing; what follows begins another one.
        if (begun) {
          await file.writeFile(NEWLINE);
          lines += 1;
          begun = false;
        }
        gaps.push({ afterLines: lines, afterNs: afterNs?.toString(), beforeNs: beforeNs?.toString(), reason });
        continue;
      }
      const parts: Uint8Array[] = [];
      for (const piece of event.pieces.splice(0)) {
        if (!begun) parts.push(Buffer.from(`${timeText(piece.timeNs)} `));
        parts.push(piece.bytes);
        if (piece.newline) parts.push(NEWLINE);
        begun = piece.partial;
        if (!piece.partial) lines += 1;
      }
      // A nearly full disk takes a part of what is written; this goes on behind it, and fails where no more is taken.
      await file.writeFile(Buffer.concat(parts));
    }
    await file.sync();
    await file.close();
    if (gaps.length > 0) {
      // Somebody else may have been there in time.
      if (await isThere(path)) return await rm(part);
      // On the disk before the log is: without it that would seem complete.
      await writeFile(gapsOf(path), JSON.stringify(gaps), { mode: 0o600, flush: true });
    } else {
      await rm(gapsOf(path), { force: true });
    }
    await rename(part, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(part, { force: true });
    throw error;
  } finally {
    clearInterval(touching);
  }
}

/** Reads a kept log from the position, or what `tail` and `sinceMs` ask for of it, as of `nowMs`. `pod` is named in positions. */
export async function* readLog(
  path: string,
  pod: string,
  options: LogOptions,
  nowMs: number,
): AsyncGenerator<LogEvent, void, undefined> {
  const { tail, sinceMs, position } = options;
  const cursor = new Cursor(pod, position);
  cursor.readAgain();
  const isLast = !position && tail !== undefined;
  const skip = isLast ? Math.max(0, (await countLines(path)) - tail) : 0;
  const fromNs = position || sinceMs === undefined ? undefined : nsOf(nowMs - sinceMs);
  const gaps = (await readGaps(path)).filter((gap) =>
    isWanted(gap, isLast ? skip : undefined, position?.timeNs ?? fromNs),
  );
  let lines = 0;
  let begun = false;

  function take(pieces: readonly LogPiece[]): LogEvent[] {
    const events: LogEvent[] = [];
    let fresh: LogPiece[] = [];
    const add = (): void => {
      events.push(...linesEvent(fresh, cursor));
      fresh = [];
    };
    for (const candidate of pieces) {
      const missing = begun ? [] : gapsBehind(gaps, lines);
      if (missing.length > 0) add();
      const wanted = lines >= skip && (fromNs === undefined || candidate.timeNs >= fromNs);
      const afterNs = cursor.timeNs;
      const { piece, gap } = wanted ? cursor.take(candidate) : { piece: undefined, gap: false };
      // The position says what was read, not whether it was told that lines are missing behind it.
      if (piece === candidate) events.push(...missing);
      // What was read of the pod itself is not among what was kept of it.
      if (gap && missing.length === 0) events.push(rotatedGap(afterNs, candidate.timeNs));
      if (piece) fresh.push(piece);
      begun = candidate.partial;
      if (!begun) lines += 1;
    }
    add();
    return events;
  }

  const cutter = new LineCutter();
  const file = createReadStream(path);
  try {
    const intake = new Intake(file);
    while (await intake.more()) yield* take(cutter.push(intake.take()));
    yield* take(cutter.end());
    yield* gapsBehind(gaps, lines);
  } finally {
    file.destroy();
  }
}

function linesEvent(pieces: LogPiece[], { position }: Cursor): LogEvent[] {
  return pieces.length > 0 && position ? [{ kind: 'lines', pieces, position }] : [];
}

/** Whether lines that are asked for, those behind the first `skip` or from a time on, may be among those of a gap. */
function isWanted({ afterLines, beforeNs }: Gap, skip: number | undefined, fromNs: bigint | undefined): boolean {
  if (skip !== undefined && afterLines <= skip) return false;
  return fromNs === undefined || beforeNs === undefined || BigInt(beforeNs) > fromNs;
}

function gapsBehind(gaps: readonly Gap[], lines: number): (LogEvent & { readonly kind: 'gap' })[] {
  return gaps
    .filter(({ afterLines }) => afterLines === lines)
    .map(({ afterNs, beforeNs, reason }) => ({
      kind: 'gap',
      afterNs: afterNs === undefined ? undefined : BigInt(afterNs),
      beforeNs: beforeNs === undefined ? undefined : BigInt(beforeNs),
      reason,
    }));
}

async function readGaps(path: string): Promise<readonly Gap[]> {
  const text = await ifThere(readFile(gapsOf(path), 'utf8'));
  return text === undefined ? [] : (JSON.parse(text) as Gap[]);
}

/** The log is never held as a whole, so its lines are counted in a reading of their own. */
async function countLines(path: string): Promise<number> {
  let lines = 0;
  let last = NEWLINE[0];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
    last = chunk.at(-1);
  }
  return last === NEWLINE[0] ? lines : lines + 1;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

function gapsOf(path: string): string {
  return `${path}.gaps.json`;
}
