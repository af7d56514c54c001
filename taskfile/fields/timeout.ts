import type { Report } from '../report.js';
import { spanSeconds } from '../span.js';
import { describe, type Value } from '../tree.js';

const MAX_SECONDS = 365 * 86_400;

/** How long the task may run, in seconds: a whole number of them, or a span such as 90m or 1h30m. */
export function readTimeout(value: Value, report: Report): number | undefined {
  const { node } = value;
  const seconds =
    node.kind === 'int' ? Number(node.value) : node.kind === 'string' ? spanSeconds(node.value) : undefined;
  if (seconds !== undefined && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  return report.refuse(
    value,
    `must be from 1s to 365d, not ${describe(node)}`,
    'write a span such as 90s, 30m, 1h30m or 2d',
  );
}
