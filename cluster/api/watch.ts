import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../store/object.js';
import { apiVersionOf } from '../store/resources.js';
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
const initialEventsEnd = 'k8s.io/initial-events-end';

type Change = Pick<StoreEvent, 'type' | 'object'> & { resourceVersion: number };

/** Answers a watch: writes events until the client goes, the time is over or the client does not keep up. */
export async function watchObjects(
  store: Store,
  request: ApiRequest,
  target: Target,
  response: ServerResponse,
): Promise<void> {
  const watch = new Watch(store, request, target, response);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  await watch.run(request.signal);
}

class Watch {
  readonly #store: Store;
  readonly #target: Target;
  readonly #matches: ObjectMatch | undefined;
  readonly #view: View;
  readonly #response: ServerResponse;
  readonly #bookmarks: boolean;
  readonly #timeoutMs: number;
  readonly #from: number | undefined;
  #queue: StoreEvent[] = [];
  /** Aborted when the client is gone or does not keep up, or the time is over. */
  readonly #over = new AbortController();
  #wake: () => void = () => undefined;
  #bookmarkDue = false;
  #headerSent = false;

  constructor(store: Store, request: ApiRequest, target: Target, response: ServerResponse) {
    const { query } = request;
    this.#store = store;
    this.#target = target;
    this.#view = viewOf(request, target.resource);
    this.#response = response;
    this.#matches = selection(query, target.resource.name);
    this.#bookmarks = booleanParameter(query, 'allowWatchBookmarks');
    const initial = initialEventsWanted(query);
    const seconds = integerParameter(query, 'timeoutSeconds') ?? 0;
    this.#timeoutMs = (seconds > 0 ? seconds : minTimeoutSeconds * (1 + Math.random())) * 1000;
    const version = requestedVersion(query, Number.POSITIVE_INFINITY);
    this.#from = version === undefined || version === 0 || initial ? undefined : version;
  }

  async run(signal: AbortSignal): Promise<void> {
    const started = this.#store.revision;
    const initial = this.#initialChanges();
    const stop = this.#store.subscribe([this.#target.resource.name], (event) => this.#enqueue(event));
    const end = () => this.#end();
    const bookmark = () => {
      this.#bookmarkDue = true;
      this.#wake();
    };
    const timers = [setTimeout(end, this.#timeoutMs), setInterval(bookmark, bookmarkEveryMs)];
    if (this.#timeoutMs > lastBookmarkMs) timers.push(setTimeout(bookmark, this.#timeoutMs - lastBookmarkMs));
    signal.addEventListener('abort', end, { once: true });
    try {
      if (initial === undefined) {
        const gone = expired(`too old resource version: ${this.#from} (${started})`);
        return await this.#write({ type: 'ERROR', object: gone.toStatus() });
      }
      for (const change of initial) {
        if (this.#isOver) return;
        await this.#writeChange(change);
      }
      // A client that takes bookmarks hears that what it has got so far is everything there was.
      if (this.#from === undefined && this.#bookmarks) {
        await this.#writeBookmark(started, { [initialEventsEnd]: 'true' });
      }
      await this.#follow();
    } finally {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', end);
      stop();
      this.#response.end();
    }
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #end(): void {
    this.#over.abort();
    this.#queue = [];
    this.#wake();
  }

  /** What the client has to hear first; undefined when the version it has is forgotten. */
  #initialChanges(): Iterable<Change> | undefined {
    const { resource, namespace } = this.#target;
    if (this.#from !== undefined) {
      const events = this.#store.since(resource.name, this.#from);
      return events?.flatMap((event) => this.#visible(event) ?? []);
    }
    return this.#store
      .list(resource.name, namespace)
      .filter((object) => this.#matches?.(object) ?? true)
      .map((object) => ({ type: 'ADDED' as const, object, resourceVersion: Number(object.metadata.resourceVersion) }));
  }

  #enqueue(event: StoreEvent): void {
    if (this.#isOver || this.#visible(event) === undefined) return;
    this.#queue.push(event);
    if (this.#queue.length > maxWaitingEvents) this.#end();
    this.#wake();
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      const batch = this.#queue;
      this.#queue = [];
      for (const event of batch) {
        const change = this.#visible(event);
        if (change !== undefined) await this.#writeChange(change);
        if (this.#isOver) return;
      }
      if (this.#queue.length > 0) continue;
      if (this.#bookmarkDue && this.#bookmarks) await this.#writeBookmark(this.#store.revision);
      this.#bookmarkDue = false;
      if (this.#queue.length > 0 || this.#isOver) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      // Who has written is answered first.
      await nextTurn();
    }
  }

  /** The event as this client sees it: an object that enters its selection is added, one that leaves is deleted. */
  #visible({ type, object, previous, resourceVersion }: StoreEvent): Change | undefined {
    const { namespace } = this.#target;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return undefined;
    // Who asks for a version that is still to come waits for it.
    if (resourceVersion <= (this.#from ?? 0)) return undefined;
    if (this.#matches === undefined) return { type, object, resourceVersion };
    const was = previous !== undefined && this.#matches(previous);
    const is = type !== 'DELETED' && this.#matches(object);
    if (is) return { type: was ? 'MODIFIED' : 'ADDED', object, resourceVersion };
    if (!was) return undefined;
    if (type === 'DELETED') return { type, object, resourceVersion };
    const metadata = { ...previous.metadata, resourceVersion: String(resourceVersion) };
    return { type: 'DELETED', object: { ...previous, metadata }, resourceVersion };
  }

  #writeChange({ type, object }: Change): Promise<void> {
    return this.#write({ type, object: this.#formed(object) });
  }

  /** The columns of tables are described in the first event only. */
  #formed(object: KubeObject): unknown {
    const formed = render(object, this.#view);
    if (this.#view.form !== 'Table') return formed;
    const isFirst = !this.#headerSent;
    this.#headerSent = true;
    return isFirst ? formed : { ...(formed as object), columnDefinitions: [] };
  }

  #writeBookmark(version: number, annotations?: Record<string, string>): Promise<void> {
    const { resource } = this.#target;
    const metadata = { resourceVersion: String(version), ...(annotations && { annotations }) };
    const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } as KubeObject;
    if (this.#view.form !== 'Table') return this.#write({ type: 'BOOKMARK', object: render(object, this.#view) });
    const { resourceVersion } = metadata;
    const table = { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion } };
    return this.#write({ type: 'BOOKMARK', object: { ...table, columnDefinitions: [], rows: [] } });
  }

  async #write({ type, object }: { type: string; object: unknown }): Promise<void> {
    if (this.#response.destroyed) return this.#end();
    if (this.#response.write(`{"type":"${type}","object":${textOf(object)}}\n`)) return;
    // A client that reads nothing must not hold the watch beyond its end.
    await once(this.#response, 'drain', { signal: this.#over.signal }).catch(() => undefined);
  }
}

/** What was written last: all watchers of an object write the same, one after the other. */
let last: { readonly object: unknown; readonly text: string } = { object: undefined, text: '' };

function textOf(object: unknown): string {
  if (last.object !== object) last = { object, text: JSON.stringify(object) };
  return last.text;
}

let turn: Promise<void> | undefined;

/** Resolves in the next turn of the event loop, for all watches at once: they go on writing the same, one after the other. */
function nextTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
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
