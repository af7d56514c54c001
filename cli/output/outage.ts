import type { ClusterOutage } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { printable } from './table.js';
import { moment, span } from './task-words.js';

/** Since when the server has not heard from the cluster, and why, in one line; empty when it does. */
export function outageLine(outage: ClusterOutage | undefined, nowMs: number): string {
  if (!outage) return '';
  const { since, message } = outage;
  const when = `for ${span(since, undefined, nowMs)} (since ${moment(since)})`;
  return `k8s-cli: the server has not heard from the cluster ${when}, and shows what it knew then: ${printable(message)}\n`;
}

/** Tells of an outage on stderr. What is told over and over is told of each outage once. */
export function outageTeller({ note, now }: CommandContext): (outage: ClusterOutage | undefined) => Promise<void> {
  let told = false;
  return async (outage) => {
    if (outage && !told) await note(outageLine(outage, now()));
    told = outage !== undefined;
  };
}
