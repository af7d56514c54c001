/** Why a volume is pending, may stay so, or does not go. */

import type { ClusterFacts } from './placement/cluster-facts.js';
import type { Domain } from './context.js';
import type { Volume } from './volume.js';
import { tasksWithPods, untilGone } from './volume-use.js';

/** Of so many volumes of one list the reason is asked for, the newest first. */
const ASKED_VOLUMES = 20;

/** What who creates a volume of this class is to be told; an empty name stands for a claim that has got none. */
export function storageWarnings(
  storageClass: string,
  classes: Awaited<ReturnType<ClusterFacts['storageClasses']>>,
): readonly string[] {
  if (typeof classes === 'string' || classes.some(({ name }) => name === storageClass)) return [];
  const names = classes.map(({ name }) => `"${name}"`).join(', ');
  const others = names === '' ? 'there is none at all' : `there ${classes.length === 1 ? 'is' : 'are'} ${names}`;
  if (storageClass === '') {
    return [`no StorageClass is the default (${others}): the volume stays pending; create it with a StorageClass`];
  }
  return [
    `there is no StorageClass "${storageClass}" (${others}): the volume stays pending while it is not made, ` +
      'unless a PersistentVolume names it',
  ];
}

/** Why volumes are pending, or still there although they were deleted, by their uid; nothing of all others. */
export async function reasonsOf(
  { events, store }: Pick<Domain, 'events' | 'store'>,
  volumes: readonly Volume[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const pending = volumes.filter(isPending).slice(0, ASKED_VOLUMES);
  const told = pending.map(async ({ uid }): Promise<[string, string]> => {
    const known = await events.eventsOf(uid, signal);
    const event = known.find(({ warning }) => warning) ?? known[0];
    return [uid, event?.message ?? ''];
  });
  const leaving = volumes.filter(({ deletedAtMs }) => deletedAtMs !== undefined);
  const tasks = leaving.length === 0 ? undefined : tasksWithPods({ store });
  const kept = leaving.flatMap(({ uid, claimName }): [string, string][] => {
    const holding = tasks?.get(claimName);
    return holding === undefined ? [] : [[uid, untilGone(holding)]];
  });
  return new Map([...(await Promise.all(told)), ...kept]);
}

function isPending({ status, deletedAtMs }: Volume): boolean {
  return status === 'Pending' && deletedAtMs === undefined;
}
