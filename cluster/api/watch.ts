import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../store/object.js';
import { textOf } from '../store/object-text.js';
import { type Resource, apiVersionOf } from '../store/resources.js';
import type { Store, StoreEvent } from '../store/store.js';
import type { ObjectMatch } from './field-selector.js';
import { selection } from './list.js';
import type { Target } from './paths.js';
import { type ApiRequest, booleanParameter, integerParameter } from './request.js';
import { type View, render, viewOf } from './table.js';
import { expired, forbiddenOption, requestedVersion } from './versions.js';

const bookmarkEveryMs = 60_000;
/** The last bookmark comes this long before the end, so that the client resumes from it. */
const lastBookmarkMs = 2_000;
const minTimeoutSeconds = 1800;
/** A client that is behind by more events than this is let go: it lists again, which costs less than waiting for it. */
const maxWaitingEvents = 1024;
/** So long after they wrote last, watches write again: under load many events then are one piece for the system and for their reader. */
const writeEveryMs = 10;
/** Events are written in pieces of so many characters, or as many as there are. */
const pieceLength = 64 * 1024;
const initialEventsEnd = 'k8s.io/initial-events-end';

type Change = Pick<StoreEvent, 'type' | 'object'>;

/** Answers a watch: writes events until the client goes, the time is over or the client does not keep up. */
export async function watchObjects(
  store: Store,
  request: ApiRequest,
  target: Target,
  response: ServerResponse,
): Promise<void> {
  const { query } = request;
  const { resource, namespace } = target;
  const view = viewOf(request, resource);
  const matches = selection(query, resource.name);
  const bookmarks = booleanParameter(query, 'allowWatchBookmarks');
  const listsFirst = initialEventsWanted(query);
  const seconds = integerParameter(query, 'timeoutSeconds') ?? 0;
  const timeoutMs = (seconds > 0 ? seconds : minTimeoutSeconds * (1 + Math.random())) * 1000;
  const version = requestedVersion(query, Number.POSITIVE_INFINITY);
  const from = version === 0 || listsFirst ? undefined : version;
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();

  /** Aborted when the client is gone or does not keep up, or the time is over. */
  const over = new AbortController();
  const end = (): void => over.abort();
  const writer = eventWriter(response, view, over);
  const seen = seenBy(target, matches, from);
  let queue: Change[] = [];
  let bookmarkDue = false;
  let wake: () => void = () => undefined;
  over.signal.addEventListener('abort', () => {
    queue = [];
    wake();
  });
  request.signal.addEventListener('abort', end, { once: true });
  const bookmark = (): void => {
    bookmarkDue = true;
    wake();
  };
  const timers = [setTimeout(end, timeoutMs)];
  if (bookmarks) timers.push(setInterval(bookmark, bookmarkEveryMs));
  if (bookmarks && timeoutMs > lastBookmarkMs) timers.push(setTimeout(bookmark, timeoutMs - lastBookmarkMs));

  const started = store.revision;
  const initial =
    from === undefined
      ? objectsNow(store.list(resource.name, namespace), matches)
      : store.since(resource.name, from)?.flatMap((event) => seen(event) ?? []);
  const stop = store.subscribe([resource.name], (event) => {
    const change = over.signal.aborted ? undefined : seen(event);
    if (change === undefined) return;
    queue.push(change);
    if (queue.length > maxWaitingEvents) end();
    wake();
  });
  try {
    if (initial === undefined) {
      const gone = expired(`too old resource version: ${from} (${started})`);
      return await writer.write('ERROR', JSON.stringify(gone.toStatus()));
    }
    await writer.changes(initial);
    // A client that takes bookmarks hears that what it has got so far is everything there was.
    if (from === undefined && bookmarks) await writer.bookmark(resource, started, { [initialEventsEnd]: 'true' });
    while (!over.signal.aborted) {
      const batch = queue;
      queue = [];
      await writer.changes(batch);
      if (queue.length > 0) continue;
      if (bookmarkDue) await writer.bookmark(resource, store.revision);
      bookmarkDue = false;
      if (queue.length > 0 || over.signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      // Who has written is answered first.
      await nextTurn();
    }
  } finally {
    for (const timer of timers) clearTimeout(timer);
    stop();
    response.end();
  }
}

function objectsNow(objects: KubeObject[], matches: ObjectMatch | undefined): Change[] {
  return objects.filter((object) => matches?.(object) ?? true).map((object) => ({ type: 'ADDED', object }));
}

/** An event as the client sees it: an object that enters its selection is added, one that leaves is deleted. */
function seenBy(
  { namespace }: Target,
  matches: ObjectMatch | undefined,
  from = 0,
): (event: StoreEvent) => Change | undefined {
  return (event) => {
    const { type, object, previous, resourceVersion } = event;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return undefined;
    // Who asks for a version that is still to come waits for it.
    if (resourceVersion <= from) return undefined;
    if (matches === undefined) return event;
    const was = previous !== undefined && matches(previous);
    const is = type !== 'DELETED' && matches(object);
    if (is) return { type: was ? 'MODIFIED' : 'ADDED', object };
    if (!was) return undefined;
    if (type === 'DELETED') return event;
    const metadata = { ...previous.metadata, resourceVersion: String(resourceVersion) };
    return { type: 'DELETED', object: { ...previous, metadata } };
  };
}

/** Writes events in the form that the client wants, as fast as it takes them. */
function eventWriter(response: ServerResponse, view: View, over: AbortController) {
  let described = false;
  const send = async (lines: string): Promise<void> => {
    if (response.destroyed) return over.abort();
    if (response.write(lines)) return;
    // A client that reads nothing must not hold the watch beyond its end.
    await once(response, 'drain', { signal: over.signal }).catch(() => undefined);
  };
  const line = (type: string, text: string): string => `{"type":"${type}","object":${text}}\n`;
  const write = (type: string, text: string): Promise<void> => send(line(type, text));
  /** The columns of tables are described in the first event only. */
  const formed = (object: KubeObject): string => {
    if (view.form !== 'Table') return textOf(object);
    const row = render(object, view) as object;
    const isFirst = !described;
    described = true;
    return JSON.stringify(isFirst ? row : { ...row, columnDefinitions: [] });
  };
  return {
    write,
    changes: async (changes: Iterable<Change>): Promise<void> => {
      let lines = '';
      for (const { type, object } of changes) {
        if (over.signal.aborted) return;
        lines += line(type, formed(object));
        if (lines.length < pieceLength) continue;
        await send(lines);
        lines = '';
      }
      if (lines !== '') await send(lines);
    },
    bookmark: async (resource: Resource, version: number, annotations?: Record<string, string>): Promise<void> => {
      // What was dropped since is older: a client that went on from the bookmark would never see it.
      if (over.signal.aborted) return;
      const resourceVersion = String(version);
      const metadata = { resourceVersion, ...(annotations && { annotations }) };
      const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
      const table = { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion } };
      const isTable = view.form === 'Table';
      await write('BOOKMARK', JSON.stringify(isTable ? { ...table, columnDefinitions: [], rows: [] } : object));
    },
  };
}

let turn: Promise<void> | undefined;
let lastTurnMs = Number.NEGATIVE_INFINITY;

/**
 * Resolves in the next turn of the event loop, or when it is time to write again, for all watches at once: they go on writing the same,
 * one after the other.
 */
function nextTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    const begin = (): void => {
      turn = undefined;
      lastTurnMs = performance.now();
      resolve();
    };
    const waitMs = lastTurnMs + writeEveryMs - performance.now();
    if (waitMs > 0) setTimeout(begin, waitMs);
    else setImmediate(begin);
  });
  return turn;
}

function initialEventsWanted(query: URLSearchParams): boolean {
  const match = query.get('resourceVersionMatch') ?? '';
  const field = 'resourceVersionMatch';
  if (query.get('sendInitialEvents') === null) {
    if (match === '') return false;
    throw forbiddenOption(field, `${field} is forbidden for watch unless sendInitialEvents is provided`);
  }
  if (match !== 'NotOlderThan') {
    throw forbiddenOption(field, `sendInitialEvents requires setting ${field} to NotOlderThan`);
  }
  return booleanParameter(query, 'sendInitialEvents');
}
