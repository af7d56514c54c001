import type { KubeObject } from './object.js';

/** One write. Of a DELETED event, `object` is the last state with the resource version of the deletion. */
export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: string;
  object: KubeObject;
  previous?: KubeObject;
  resourceVersion: number;
}
