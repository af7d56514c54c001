import { type KubeObject, frozenCopy } from './object.js';

/** One write. Of a DELETED event, `object` is the last state with the resource version of the deletion. */
export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: string;
  object: KubeObject;
  previous?: KubeObject | undefined;
  resourceVersion: number;
}

/** The event of a write that takes the resource version; its object is frozen. */
export function eventAt(
  { object, ...write }: Omit<StoreEvent, 'resourceVersion'>,
  resourceVersion: number,
): StoreEvent {
  const metadata = { ...object.metadata, resourceVersion: String(resourceVersion) };
  return { ...write, object: frozenCopy({ ...object, metadata }), resourceVersion };
}
