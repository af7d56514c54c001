/** What Kubernetes says about an object, asked for when somebody wants to know. */

import type { ClusterEvent, EventSource } from '../domain/ports.js';
import { timeMs, type RawEvent } from './objects.js';
import type { Paths } from './paths.js';
import { remember } from './remember.js';
import type { KubeClient } from './api/client.js';

/** Many readers of one task cost one question in this time. */
const TTL_MS = 1500;
const LIMIT = 50;

/** Events of a namespace. */
export function createEventSource(client: KubeClient, paths: Paths): EventSource {
  const remembered = new Map<string, { readonly untilMs: number; readonly events: Promise<readonly ClusterEvent[]> }>();
  return {
    eventsOf(uid) {
      const nowMs = Date.now();
      const known = remembered.get(uid);
      if (known && known.untilMs > nowMs) return known.events;
      // Shared by all who ask: nobody's going away ends it.
      const events = readEvents(client, paths, uid);
      remember(remembered, uid, { untilMs: nowMs + TTL_MS, events });
      return events;
    },
  };
}

async function readEvents(client: KubeClient, paths: Paths, uid: string): Promise<readonly ClusterEvent[]> {
  try {
    const { body } = await client.request<{ items: RawEvent[] }>({
      method: 'GET',
      path: paths.events,
      query: { fieldSelector: `involvedObject.uid=${uid}`, limit: LIMIT },
      signal: AbortSignal.timeout(5000),
      retry: false,
    });
    return body.items.map(eventOf).toSorted((a, b) => b.timeMs - a.timeMs);
  } catch {
    // A reason less, not an error: events may not be readable, and the task's own state is known without them.
    return [];
  }
}

function eventOf(raw: RawEvent): ClusterEvent {
  const time =
    timeMs(raw.series?.lastObservedTime) ??
    timeMs(raw.lastTimestamp) ??
    timeMs(raw.eventTime) ??
    timeMs(raw.metadata.creationTimestamp);
  return { reason: raw.reason ?? '', message: raw.message ?? '', warning: raw.type === 'Warning', timeMs: time ?? 0 };
}
