/** What is told where lines of a log are missing. */

import type { LogEvent } from '../ports.js';

/** Lines between two times that the cluster wrote and did not keep. */
export function rotatedGap(afterNs: bigint | undefined, beforeNs: bigint): LogEvent {
  return { kind: 'gap', afterNs, beforeNs, reason: 'the log file was rotated before it was read' };
}

/** All that a pod wrote behind a time, as far as anybody read it. */
export function goneGap(afterNs: bigint | undefined): LogEvent {
  return { kind: 'gap', afterNs, beforeNs: undefined, reason: 'its pod is gone, and the log with it' };
}
