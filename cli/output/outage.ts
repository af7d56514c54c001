import type { ClusterOutage } from '../../client/index.js';
import type { CommandContext } from '../context.js';
import { printable } from './table.js';
import { moment, span } from './task-words.js';

/** Since when the server has not heard from the cluster, and why, in one line; empty when it does. */
export function outageLine(
  outage: ClusterOutage | undefined,
  nowMs: number,
  meanwhile = 'and shows what it knew then',
): string {
  if (!outage) return '';
  const { since, message } = outage;
  const when = `for ${span(since, undefined, nowMs)} (since ${moment(since)})`;
  return `k8s-cli: the server has not heard from the cluster ${when}, ${meanwhile}: ${printable(message)}\n`;
}

/** Tells of an outage on stderr, and what it means for what is shown. What is told over and over is told of each outage once. */
export function outageTeller(
  { note, now }: Pick<CommandContext, 'note' | 'now'>,
  meanwhile?: string,
): (outage: ClusterOutage | undefined) => Promise<void> {
  let told = false;
  return async (outage) => {
    const isNew = outage !== undefined && !told;
    told = outage !== undefined;
    if (isNew) await note(outageLine(outage, now(), meanwhile));
  };
}
