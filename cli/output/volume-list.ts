import type { VolumeStatus } from '../../client/index.js';
import { statePaint } from './style.js';
import { type Column, type Cell, formatTable, type Layout } from './table.js';
import { moment, span } from './task-words.js';

/** How a list of volumes is shown. */
export interface VolumeListView {
  /** Add who, when, which tasks use it, the storage class and the claim's name. */
  readonly details: boolean;
  /** Add who. */
  readonly allUsers: boolean;
  readonly nowMs: number;
  readonly layout: Layout;
}

type VolumeColumn = Column & { readonly cell: (volume: VolumeStatus) => Cell };

/** Volumes as a table, one line each. */
export function formatVolumeList(volumes: readonly VolumeStatus[], view: VolumeListView): string {
  const columns = columnsOf(view);
  return formatTable(
    columns,
    volumes.map((volume) => columns.map((column) => column.cell(volume))),
    view.layout,
  );
}

function columnsOf({ details, allUsers, nowMs, layout }: VolumeListView): readonly VolumeColumn[] {
  const created: VolumeColumn = {
    heading: 'CREATED',
    dropRank: 1,
    spare: true,
    cell: ({ createdAt }) => moment(createdAt),
  };
  return [
    { heading: 'ID', cell: ({ volumeId }) => volumeId },
    { heading: 'NAME', shrinkTo: 8, cell: ({ name }) => name },
    { heading: 'SIZE', cell: ({ size }) => size },
    { heading: 'STATUS', cell: statusCell },
    { heading: 'ACCESS', dropRank: 4, cell: ({ accessModes }) => accessModes.join(',') || '-' },
    layout.terminal
      ? { heading: 'AGE', dropRank: 5, cell: ({ createdAt }) => span(createdAt, undefined, nowMs) }
      : created,
    ...(details || allUsers
      ? [{ heading: 'USER', dropRank: 6, shrinkTo: 8, cell: ({ username }: VolumeStatus) => username }]
      : []),
    ...(details ? detailColumns(layout.terminal ? [created] : []) : []),
    { heading: 'REASON', shrinkTo: 16, dropRank: 3, cell: ({ reason }) => reason },
  ];
}

function statusCell({ deletedAt, status }: VolumeStatus): Cell {
  // The claim's phase stays what it was while the claim waits for its last user to go.
  const word = deletedAt ? 'Terminating' : status;
  return { text: word, paint: statePaint(word) };
}

function detailColumns(more: readonly VolumeColumn[]): readonly VolumeColumn[] {
  return [
    { heading: 'TASKS', shrinkTo: 8, cell: ({ taskIds }) => taskIds.join(',') || '-' },
    { heading: 'STORAGE CLASS', dropRank: 3, spare: true, cell: ({ storageClass }) => storageClass || '-' },
    ...more,
    { heading: 'NAMESPACE', dropRank: 0, spare: true, cell: ({ metadata }) => metadata?.namespace || '-' },
    { heading: 'CLAIM', dropRank: 2, spare: true, cell: ({ metadata }) => metadata?.pvcName || '-' },
  ];
}
