import type { StoreEvent } from '../store/store.js';
import type { ControllerContext } from './context.js';
import { WorkQueue } from './queue.js';

/** Something that looks at the keys of what has changed, one after another. */
export interface Controller {
  readonly name: string;
  /** What it hears of; at its start of everything that is there, as if that were new. */
  readonly resources: readonly string[];
  /** The keys that a change gives reason to look at. */
  readonly keysOf: (event: StoreEvent) => readonly string[];
  /** Looks at a key; is called again after a while when it throws. */
  readonly sync: (key: string) => void;
}

/** Runs a controller until the signal fires; returns its queue, for what is to be looked at later. */
export function runController(
  { store, signal }: Pick<ControllerContext, 'store' | 'signal'>,
  { name, resources, keysOf, sync }: Controller,
): WorkQueue {
  const queue = new WorkQueue(name, sync, signal);
  const hear = (event: StoreEvent): void => {
    for (const key of keysOf(event)) queue.add(key);
  };
  store.subscribe(resources, hear, signal);
  for (const resource of resources) {
    for (const object of store.list(resource)) {
      hear({ type: 'ADDED', resource, object, resourceVersion: Number(object.metadata.resourceVersion) });
    }
  }
  return queue;
}
