import type { VolumeStatus } from '../../client/index.js';
import { formatTimestamp } from '../../client/timestamp.js';
import { formatTable } from './table.js';
import { span } from './task-words.js';

/** How a list of volumes is shown. */
export interface VolumeListView {
  /** Add who, when, the storage class and the claim's name. */
  readonly details: boolean;
  /** Add who. */
  readonly allUsers: boolean;
  readonly nowMs: number;
  readonly width: number | undefined;
}

/** Volumes as a table, one line each. */
export function formatVolumeList(volumes: readonly VolumeStatus[], view: VolumeListView): string {
  const { details, allUsers, nowMs } = view;
  const heading = ['ID', 'NAME', 'SIZE', 'STATUS', 'ACCESS', 'AGE'];
  if (details || allUsers) heading.push('USER');
  if (details) heading.push('STORAGE CLASS', 'CREATED', 'NAMESPACE', 'CLAIM');
  const rows = volumes.map((volume) => {
    const row = [
      volume.volumeId,
      volume.name,
      volume.size,
      // The claim's phase stays what it was while the claim waits for its last user to go.
      volume.deletedAt ? 'Terminating' : volume.status,
      volume.accessModes.join(',') || '-',
      span(volume.createdAt, undefined, nowMs),
    ];
    if (details || allUsers) row.push(volume.username);
    if (details) {
      row.push(
        volume.storageClass || '-',
        volume.createdAt ? formatTimestamp({ ...volume.createdAt, nanos: 0 }) : '-',
        volume.metadata?.namespace || '-',
        volume.metadata?.pvcName || '-',
      );
    }
    return row;
  });
  return formatTable([heading, ...rows], details ? undefined : view.width);
}
