import { deleteObject } from './deletion.js';
import { type KubeObject, type NewObject, timestamp } from './object.js';
import type { Store, StoreEvent } from './store.js';

/** What happened to an object, in the words of the component that did or saw it. */
export interface EventRecord {
  object: KubeObject;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** `source.component`, such as `job-controller`. */
  source: string;
  /** Part of the object that is meant, such as `spec.containers{main}`. */
  fieldPath?: string | undefined;
  /** What was being done: given by components that use the newer API of events, in which times and counts are elsewhere. */
  action?: string;
}

/** Records events; a repetition counts up the first one. */
export interface EventRecorder {
  /** Never throws: an event that cannot be written is lost, as in every cluster. */
  record(event: EventRecord): void;
}

const timeToLiveMs = 60 * 60 * 1000;
const maxEvents = 5000;
const sweepEveryMs = 60 * 1000;

/**
 * The recorder that everything in the cluster shares. Events are removed an hour after they were seen last, and the
 * oldest earlier when there are too many. Runs until the signal is aborted.
 */
export function createEventRecorder(store: Store, signal: AbortSignal, nodeName = 'embedded'): EventRecorder {
  const names = new Map<string, string>();
  for (const event of store.list('events')) names.set(identityOf(event), event.metadata.name);

  const remember = ({ type, object }: StoreEvent): void => {
    if (type === 'DELETED') names.delete(identityOf(object));
    else if (type === 'ADDED') names.set(identityOf(object), object.metadata.name);
  };
  store.subscribe(['events'], remember, signal);
  const tidy = (): void => {
    try {
      sweep(store);
    } catch (error) {
      process.stderr.write(`old events stay for now: ${String(error)}\n`);
    }
  };
  const sweeper = setInterval(tidy, sweepEveryMs).unref();
  signal.addEventListener('abort', () => clearInterval(sweeper), { once: true });

  const write = (event: EventRecord): void => {
    const fresh = newEvent(event, nodeName);
    const namespace = fresh.metadata.namespace;
    const known = store.get('events', namespace, names.get(identityOf(fresh)) ?? '');
    if (known !== undefined) {
      store.update(known, (draft) => {
        if (draft['action'] !== undefined) {
          draft['series'] = { count: (draft['series']?.count ?? 1) + 1, lastObservedTime: microTime() };
          return;
        }
        draft['count'] += 1;
        draft['lastTimestamp'] = timestamp();
      });
      return;
    }
    store.create('events', fresh);
    if (store.count('events') > maxEvents) tidy();
  };

  return {
    record(event) {
      if (signal.aborted) return;
      try {
        write(event);
      } catch (error) {
        process.stderr.write(`event ${event.reason} of ${event.object.metadata.name} is lost: ${String(error)}\n`);
      }
    },
  };
}

/** Removes events that are too old or too many. */
export function sweep(store: Store, now: number = Date.now()): void {
  const events = store.list('events').toSorted((a, b) => lastSeen(a) - lastSeen(b));
  // Some room, so that a full store is not swept again for each new event.
  const excess = events.length > maxEvents ? events.length - maxEvents * 0.9 : 0;
  const old = events.filter((event, index) => index < excess || lastSeen(event) < now - timeToLiveMs);
  for (const event of old) deleteObject(store, event);
}

function lastSeen({ lastTimestamp, eventTime, series, metadata }: KubeObject): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp);
}

/** The time as the newer API of events writes it: with microseconds. */
function microTime(): string {
  return `${new Date().toISOString().slice(0, -1)}000Z`;
}

function newEvent(event: EventRecord, nodeName: string): NewObject {
  const { object, type, reason, message, source, fieldPath, action } = event;
  const { apiVersion, kind } = object;
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const now = timestamp();
  return {
    apiVersion: 'v1',
    kind: 'Event',
    // In this order they happened, which times in whole seconds do not tell.
    metadata: { name: `${name}.${process.hrtime.bigint().toString(16)}`, namespace: namespace ?? 'default' },
    involvedObject: { apiVersion, kind, name, namespace, uid, resourceVersion, fieldPath },
    type,
    reason,
    message,
    reportingComponent: source,
    ...(action === undefined
      ? {
          source: { component: source, ...(source === 'kubelet' && { host: nodeName }) },
          reportingInstance: source === 'kubelet' ? nodeName : '',
          firstTimestamp: now,
          lastTimestamp: now,
          count: 1,
          eventTime: null,
        }
      : {
          source: {},
          reportingInstance: `${source}-${nodeName}`,
          action,
          firstTimestamp: null,
          lastTimestamp: null,
          eventTime: microTime(),
        }),
  };
}

function identityOf(event: NewObject): string {
  const { involvedObject, type, reason, message, reportingComponent } = event;
  return JSON.stringify([involvedObject?.uid, involvedObject?.fieldPath, type, reason, message, reportingComponent]);
}
