import type { KubeObject } from '../store/object.js';
import type { Column } from './kind.js';

/** A column of every table. */
export function column(name: string, cell: Column['cell']): Column {
  return { name, cell, wide: false };
}

/** A column that is shown by `kubectl get -o wide` only. */
export function wide(name: string, cell: Column['cell']): Column {
  return { name, cell, wide: true };
}

/** The first column of every table. */
export const nameColumn: Column = column('Name', ({ metadata }) => metadata.name);

/** How long ago the object was made. */
export const ageColumn: Column = column('Age', ({ metadata }, now) => since(metadata.creationTimestamp, now));

/** The time that has passed, in the words of kubectl; `<unknown>` without a time. */
export function since(time: string | undefined | null, now: number): string {
  return time === undefined || time === null || time === '' ? '<unknown>' : shortDuration(now - Date.parse(time));
}

/** A duration with two units at most and one where that says enough: 90s, 5m30s, 12m, 3h5m, 2d1h. */
export function shortDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (seconds < 120) return `${Math.max(seconds, 0)}s`;
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (days < 8) return two(days, 'd', hours % 24, 'h');
  if (days < 2 * 365) return `${days}d`;
  return days < 8 * 365 ? two(Math.floor(days / 365), 'y', days % 365, 'd') : `${Math.floor(days / 365)}y`;
}

function two(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return `${first}${firstUnit}${second === 0 ? '' : `${second}${secondUnit}`}`;
}

/** Labels or selectors as `a=b,c=d`; `<none>` when there are none. */
export function pairs(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',');
}

/** The names and images of the containers that a Job's pods have. */
export const containerColumns: readonly Column[] = [
  wide('Containers', ({ spec }) => containers(spec, 'name')),
  wide('Images', ({ spec }) => containers(spec, 'image')),
];

function containers(spec: KubeObject['spec'], field: string): string {
  return spec.template.spec.containers.map((container: Record<string, string>) => container[field]).join(',');
}
