/**
 * A collection, listed and then watched, for as long as the server lives: through closed watches, expired versions, slow
 * consumers and an API server that is away. Whole objects are seen one at a time and never kept.
 */

import { pause } from '../../pause.js';
import { hasCode, KubernetesError } from '../api/errors.js';
import type { ListMetadata } from '../api/list-objects.js';
import type { KubeClient } from '../api/client.js';
import type { RawObject } from '../objects.js';

const PAGE_SIZE = 500;

/** How a list is asked for. */
interface Manner {
  /** Size of the first page; the next ones double up to the usual size. */
  readonly limit: number;
  readonly resourceVersion?: string;
}

/**
 * As an API server last saw it, without asking its store, which costs it half; it then mostly gives all in one page. What has happened
 * since, the watch tells. Only for the first list: a later one must not be older than what is known already.
 */
const AT_FIRST: Manner = { limit: PAGE_SIZE, resourceVersion: '0' };
const AS_IT_IS: Manner = { limit: PAGE_SIZE };
/** After a failure: a way that breaks often lets a small answer through. */
const CAREFULLY: Manner = { limit: 10 };
const FIRST_BACKOFF_MS = 800;
/** An API server that was away for minutes is seen again after so long; three watches ask, which it can bear. */
const MAX_BACKOFF_MS = 8000;
/** Bookmarks come every minute: a watch that is silent for longer is dead. */
const SILENCE_MS = 120_000;
/** A watch that ends sooner than this counts as a failure, so that a server that closes at once is not hammered. */
const SHORT_MS = 1000;

/** What to watch and whom to tell. The callbacks are called in order and must be quick. */
export interface Watched<T extends RawObject> {
  readonly path: string;
  readonly labelSelector: string;
  /** An object as it is: of the list, or of an event. */
  onChange(object: T): void;
  /**
   * All objects of a list were told; at its version there were no others than these uids. Called before the first event, and
   * again after a gap.
   */
  onListed(uids: ReadonlySet<string>, revision: string): void;
  onDelete(object: T): void;
  /** Told when the cluster cannot be watched, with the time at which it last could; and with undefined when it can again. */
  onProblem?(problem: Error | undefined, heardMs: number): void;
}

/** Watches until the signal is aborted, and anew behind a silence of `silenceMs`. Resolves then; never rejects. */
export async function watchCollection<T extends RawObject>(
  client: KubeClient,
  watched: Watched<T>,
  signal: AbortSignal,
  silenceMs = SILENCE_MS,
): Promise<void> {
  let revision: string | undefined;
  let failures = 0;
  let listed = false;
  let heardMs = Date.now();
  while (!signal.aborted) {
    const startedMs = Date.now();
    try {
      if (revision === undefined) {
        const how = failures > 0 ? CAREFULLY : listed ? AS_IT_IS : AT_FIRST;
        revision = await list(client, watched, how, signal);
        listed = true;
        heardMs = Date.now();
      }
      const wasAway = failures > 0;
      const onLife = (): void => {
        failures = 0;
        heardMs = Date.now();
      };
      revision = await follow(client, watched, revision, { wasAway, silenceMs, onLife }, signal);
      heardMs = Date.now();
      if (Date.now() - startedMs < SHORT_MS) failures += 1;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Interrupted) {
        ({ revision, heardMs } = error);
        if (Date.now() - startedMs < SHORT_MS) failures += 1;
      } else if (hasCode(error, 410)) {
        revision = undefined;
        if (Date.now() - startedMs < SHORT_MS) failures += 1;
      } else {
        failures += 1;
        watched.onProblem?.(error instanceof Error ? error : new Error(String(error)), heardMs);
      }
    }
    if (failures > 0) {
      const backoff = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
      await pause(backoff * (0.5 + Math.random()), signal);
    }
  }
}

/** Lists the collection page by page, none of which is kept, and returns its version. */
async function list<T extends RawObject>(
  client: KubeClient,
  watched: Watched<T>,
  manner: Manner,
  signal: AbortSignal,
): Promise<string> {
  const uids = new Set<string>();
  let { limit, resourceVersion } = manner;
  let next: string | undefined;
  do {
    const query = { labelSelector: watched.labelSelector, limit, resourceVersion, continue: next };
    const metadata: ListMetadata = await client.list<T>({ path: watched.path, query, signal }, (object) => {
      uids.add(object.metadata.uid);
      try {
        watched.onChange(object);
      } catch {
        // One object that cannot be understood must not hide all others.
      }
    });
    limit = Math.min(PAGE_SIZE, limit * 2);
    // The page goes on where the one before ended, in the same version.
    resourceVersion = undefined;
    next = metadata.continue || undefined;
    if (!next) {
      watched.onListed(uids, metadata.resourceVersion);
      return metadata.resourceVersion;
    }
  } while (!signal.aborted);
  throw signal.reason;
}

/** The watch broke off: go on behind this version. */
class Interrupted extends Error {
  readonly revision: string;
  /** Until when it is known to have been whole. */
  readonly heardMs: number;
  constructor(revision: string, heardMs: number, cause: unknown) {
    super('the watch was interrupted', { cause });
    this.revision = revision;
    this.heardMs = heardMs;
  }
}

/** Watches from a version until the server ends the watch; returns the last version seen. */
async function follow<T extends RawObject>(
  client: KubeClient,
  watched: Watched<T>,
  from: string,
  { wasAway, silenceMs, onLife }: { wasAway: boolean; silenceMs: number; onLife: () => void },
  signal: AbortSignal,
): Promise<string> {
  let revision = from;
  const silence = new AbortController();
  const query = {
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: revision,
    labelSelector: watched.labelSelector,
    timeoutSeconds: 300 + Math.floor(Math.random() * 300),
  };
  const either = AbortSignal.any([signal, silence.signal]);
  let heardMs: number | undefined;
  const isOver = (): void => {
    clearTimeout(settled);
    settled = undefined;
    watched.onProblem?.(undefined, heardMs ?? Date.now());
  };
  let settled: NodeJS.Timeout | undefined;
  // Of one that never was open this is told as the reason.
  const onSilence = (): void => silence.abort(new DOMException('no answer in time', 'TimeoutError'));
  const timer = setTimeout(onSilence, silenceMs);
  try {
    await client.watch<T>(
      { path: watched.path, query, signal: either },
      {
        onOpen: () => {
          heardMs = Date.now();
          // An API server that has begun anew may say a moment later that the version is too old, and all has to be listed first.
          if (wasAway) settled = setTimeout(isOver, SHORT_MS);
          else isOver();
        },
        onEvent: ({ type, object }) => {
          timer.refresh();
          heardMs = Date.now();
          onLife();
          if (type === 'ERROR') throw statusError(object);
          if (settled) isOver();
          revision = object.metadata.resourceVersion;
          if (type === 'DELETED') watched.onDelete(object);
          else if (type !== 'BOOKMARK') watched.onChange(object);
        },
      },
    );
  } catch (error) {
    // A watch that never was open is no watch that broke off.
    if (error instanceof KubernetesError || heardMs === undefined) throw error;
    throw new Interrupted(revision, silence.signal.aborted ? heardMs : Date.now(), error);
  } finally {
    clearTimeout(timer);
    clearTimeout(settled);
  }
  return revision;
}

function statusError(object: unknown): KubernetesError {
  const {
    code = 500,
    reason = '',
    message = 'the watch failed',
  } = object as { code?: number; reason?: string; message?: string };
  return new KubernetesError(code, reason, message);
}
