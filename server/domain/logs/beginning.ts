/** A log that is read from its beginning, which may not be there any more. */

import type { LogEvent, LogOptions } from '../ports.js';
import { isBeforeLines } from './cursor.js';
import { rotatedGap } from './gap.js';
import { nsOf } from './time.js';

/**
 * Whether what is asked for begins with the beginning of the log, at `beganNs`: neither behind something that was read, nor with the
 * last lines, nor, as of `nowMs`, later.
 */
export function fromBeginning({ position, tail, sinceMs }: LogOptions, beganNs: bigint, nowMs: number): boolean {
  if (position !== undefined) return isBeforeLines(position) && beganNs >= position.timeNs;
  if (tail !== undefined) return false;
  return sinceMs === undefined || beganNs >= nsOf(nowMs - sinceMs);
}

/**
 * A log that should begin at `beganNs`: with a gap in front where another line comes first. Kubernetes serves the newest file of a log
 * only, and what was rotated away before leaves no trace.
 */
export async function* beginningAt(
  beganNs: bigint,
  events: AsyncIterable<LogEvent>,
): AsyncGenerator<LogEvent, void, undefined> {
  let begun = false;
  for await (const event of events) {
    const firstNs = event.kind === 'lines' ? event.pieces[0]?.timeNs : undefined;
    if (!begun && firstNs !== undefined && firstNs !== beganNs) yield rotatedGap(undefined, firstNs);
    begun ||= firstNs !== undefined;
    yield event;
  }
}
