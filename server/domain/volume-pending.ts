/** Why a volume is pending, or may stay so. */

import type { ClusterFacts } from './placement/cluster-facts.js';
import type { EventSource } from './ports.js';
import type { Volume } from './volume.js';

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
    `there is no StorageClass "${storageClass}" (${others}): the volume stays pending until it is made, ` +
      'or a PersistentVolume that names it',
  ];
}

/** What Kubernetes says of pending volumes, by their uid: the newest warning, or the newest word. */
export async function pendingReasons(
  events: EventSource,
  volumes: readonly Volume[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const pending = volumes.filter(({ status }) => status === 'Pending').slice(0, ASKED_VOLUMES);
  const reasons = pending.map(async ({ uid }): Promise<[string, string]> => {
    const told = await events.eventsOf(uid, signal);
    const event = told.find(({ warning }) => warning) ?? told[0];
    return [uid, event?.message ?? ''];
  });
  return new Map(await Promise.all(reasons));
}
