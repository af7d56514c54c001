/** One container's log, read to its true end through whatever happens to the connection. */

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { LogEvent, LogOptions, LogPiece, LogSource, PodIdentity } from '../../domain/ports.js';
import { Intake } from '../../intake.js';
import { messageOf } from '../../message-of.js';
import { pause, type Pause } from '../../pause.js';
import { hasCode, KubernetesError, toTaskError } from '../api/errors.js';
import type { RawPod } from '../objects.js';
import type { Paths } from '../paths.js';
import { hasNeverRun, projectPod } from '../cache/project.js';
import type { KubeClient } from '../api/client.js';
import { beforeLines, Cursor } from '../../domain/logs/cursor.js';
import { rotatedGap } from '../../domain/logs/gap.js';
import { LineCutter } from '../../domain/logs/pieces.js';
import { nsOf } from '../../domain/logs/time.js';

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5000;
/** A log that cannot be opened so often in a row, though the cluster answers, is given up where nothing more will come of it. */
const MAX_FAILURES = 8;
/** A log that so often in a row ends before the line that was read last was rotated behind it: nothing was written since. */
const MAX_SHORT = 3;
/** How long a log may take to begin. */
const BEGIN_MS = 30_000;
/** The same for one that is followed, whose program may be silent: it is asked for again lest nobody answers any more. */
const SILENT_MS = 300_000;

/** Behind less than this it is worth while to wait so long for more; nobody sees that a line came so much later. */
const SMALL_BYTES = 32 * 1024;
const GATHER_MS = 2;

/** `unstarted`: it ended before its container had been made. */
type PodState = 'live' | 'ended' | 'unstarted' | 'gone';

/** What a reading uses of the world. */
interface World {
  readonly client: KubeClient;
  readonly paths: Paths;
  readonly wait: Pause;
}

/** Reads logs in one namespace; `wait` passes the time. */
export function createLogSource(client: KubeClient, paths: Paths, wait: Pause = pause): LogSource {
  const world: World = { client, paths, wait };
  return {
    async *read(pod, options, signal) {
      try {
        yield* readLog(world, pod, options, signal);
      } catch (error) {
        if (signal.aborted) return;
        throw toTaskError(error, `reading the log of pod ${pod.name}`);
      }
    },
  };
}

async function* readLog(
  world: World,
  pod: PodIdentity,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogEvent, void, undefined> {
  const cursor = new Cursor(pod.uid, options.position);
  /** So many readings in a row brought nothing new. */
  let idle = 0;
  /** So many of the last of them could not be opened, or broke off. */
  let failures = 0;
  let short = 0;
  let firstMs: number | undefined;
  /** Where the reading before came to its end; undefined when it broke off. */
  let endedAt: string | undefined;
  let rest: readonly LogPiece[] = [];
  /**
   * Whether the last lines still have to be found. That reading does not follow: only its end tells that there is none, and then
   * everything that is written from now on is wanted, however much it is when it can be read.
   */
  let seeking = options.follow && options.tail !== undefined && options.tail > 0 && options.position === undefined;
  let state: PodState = await podState(world, pod, signal);
  const nothingComes = state === 'ended' || !options.follow;
  // Nothing that is there already is wanted, and nothing will come. To ask would tell of the last second, the least that can be asked for.
  if (nothingComes && options.tail === 0 && options.position === undefined) return;
  while (!signal.aborted) {
    if (state === 'gone') {
      // Where a reading came to its end before the pod went, nothing can be checked, and nothing points to a loss.
      if (endedAt === undefined) yield gap(cursor, undefined, 'the pod is gone, and its log with it');
      else yield* take(rest, cursor);
      return;
    }
    // Nothing ran, and nothing was written.
    if (state === 'unstarted') return;
    const live = options.follow && state === 'live';
    const follow = live && !seeking;
    const progress: Progress = { any: false, rest: [], refusal: '' };
    const beganMs = Date.now();
    const end = yield* readOnce(world, { pod, options, cursor, follow, progress, firstMs }, signal);
    firstMs ??= beganMs;
    // Of a program that is silent the next line has to come at once too, however long that has been.
    idle = progress.any || end === 'silent' ? 0 : idle + 1;
    failures = progress.any || end !== 'cut' ? 0 : failures + 1;
    if (end === 'complete' && seeking) {
      seeking = false;
      if (!cursor.position) {
        const { sinceMs } = options;
        const fromNs = sinceMs === undefined ? 0n : nsOf(firstMs - sinceMs);
        const position = beforeLines(pod.uid, progress.rest[0]?.timeNs ?? fromNs);
        cursor.startAt(position);
        yield { kind: 'lines', pieces: [], position };
      }
      if (live) continue;
    }
    if (end === 'complete') {
      const at = endOf(cursor, progress.rest);
      short = cursor.caughtUp ? 0 : short + 1;
      // The API server ends a stream in the same way when the kubelet behind it dies. An end is believed that was met twice in the same
      // place; where a living container goes on writing, in the same place or behind it. Who wants its last lines gets no more of them.
      const again = state === 'live' ? endedAt !== undefined || options.tail !== undefined : at === endedAt;
      const sure = again && (cursor.caughtUp || short >= MAX_SHORT);
      if (!live && sure) {
        yield* take(progress.rest, cursor);
        return;
      }
      endedAt = at;
      ({ rest } = progress);
    } else if (failures !== 1) {
      // The pod's status lags behind its end: one attempt that still takes it for live may find nothing there any more.
      endedAt = undefined;
    }
    if (failures >= MAX_FAILURES && !live) {
      yield gap(cursor, undefined, `the log cannot be read: ${progress.refusal}`);
      return;
    }
    if (end === 'cut' || idle > 1) {
      await world.wait(Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** idle) * (0.5 + Math.random()), signal);
    }
    if (signal.aborted) return;
    // The end of the stream says nothing: rotation, proxies and restarts end it too. Only the pod tells.
    state = await podState(world, pod, signal);
  }
}

/** A place in the log: behind what was taken, and behind the line without a newline that was not. */
function endOf({ position }: Cursor, rest: readonly LogPiece[]): string {
  const bytes = rest.reduce((sum, piece) => sum + piece.bytes.length, 0);
  return [position?.timeNs, position?.count, position?.bytes, rest.length, bytes].join(' ');
}

interface Reading {
  readonly pod: PodIdentity;
  readonly options: LogOptions;
  readonly cursor: Cursor;
  readonly follow: boolean;
  readonly progress: Progress;
  /** When the log was first read; undefined the first time. */
  readonly firstMs: number | undefined;
}

/** What one reading came to. */
interface Progress {
  any: boolean;
  /** The last line, where it came to its end without a newline. */
  rest: readonly LogPiece[];
  /** Why it could not be opened, or broke off. */
  refusal: string;
}

/**
 * Reads until the stream ends. `complete`: it ended by itself. `cut`: it broke off, or could not be opened. `silent`: it was not
 * answered, as while there is nothing to follow.
 */
async function* readOnce(
  { client, paths, wait }: World,
  reading: Reading,
  signal: AbortSignal,
): AsyncGenerator<LogEvent, 'complete' | 'cut' | 'silent', undefined> {
  const { pod, cursor, follow, progress } = reading;
  const path = `${paths.pods}/${pod.name}/log`;
  const cutter = new LineCutter();
  cursor.readAgain();
  // A reader that goes away while this waits for a line has to end the request: the generator alone would not notice.
  const local = new AbortController();
  const begun = new AbortController();
  void wait(follow ? SILENT_MS : BEGIN_MS, begun.signal).then((isLate) => {
    if (isLate) local.abort(new DOMException('the log does not begin', 'TimeoutError'));
  });
  let body;
  try {
    body = await client.stream({ path, query: queryOf(reading), signal: AbortSignal.any([signal, local.signal]) });
  } catch (error) {
    if (follow && local.signal.aborted) return 'silent';
    if (error instanceof KubernetesError && !isPassing(error) && !signal.aborted) throw error;
    progress.refusal = messageOf(error);
    return 'cut';
  } finally {
    begun.abort();
  }
  try {
    const intake = new Intake(body);
    while (await intake.more()) {
      const isFew = body.readableLength < SMALL_BYTES;
      for (const event of take(cutter.push(intake.take()), cursor)) {
        if (event.kind === 'lines') progress.any = true;
        yield event;
      }
      // What follows at once is taken together: real clusters send a log by the line, and each message costs as much as many lines.
      await (isFew ? sleep(GATHER_MS) : nextTurn());
    }
    // It may go on: where nobody is sure yet, it is read again from its beginning.
    progress.rest = cutter.end();
  } catch (error) {
    progress.refusal = messageOf(error);
    return 'cut';
  } finally {
    local.abort();
  }
  return 'complete';
}

/** What of the pieces is new, and what is missing in front of it. */
function take(pieces: readonly LogPiece[], cursor: Cursor): LogEvent[] {
  const events: LogEvent[] = [];
  let fresh: LogPiece[] = [];
  const add = (): void => {
    if (fresh.length > 0 && cursor.position) events.push({ kind: 'lines', pieces: fresh, position: cursor.position });
    fresh = [];
  };
  for (const candidate of pieces) {
    const afterNs = cursor.timeNs;
    const { piece, gap: lost } = cursor.take(candidate);
    if (lost) {
      add();
      events.push(rotatedGap(afterNs, candidate.timeNs));
    }
    if (piece) fresh.push(piece);
  }
  add();
  return events;
}

function gap(cursor: Cursor, beforeNs: bigint | undefined, reason: string): LogEvent {
  return { kind: 'gap', afterNs: cursor.timeNs, beforeNs, reason };
}

function queryOf({ pod, options, cursor, follow, firstMs }: Reading): Record<string, string | number | boolean> {
  const common = { container: pod.containerName, follow, timestamps: true };
  if (cursor.sinceNs !== undefined) {
    return { ...common, sinceTime: new Date(Number(cursor.sinceNs / 1_000_000n)).toISOString().replace('.000Z', 'Z') };
  }
  // Nothing was read yet. What was asked for relative to the beginning is longer ago now.
  const elapsedMs = firstMs === undefined ? 0 : Date.now() - firstMs;
  const { tail, sinceMs } = options;
  const nothingOld = tail === 0 && firstMs !== undefined;
  const agoMs = sinceMs === undefined ? elapsedMs : sinceMs + elapsedMs;
  return {
    ...common,
    ...(sinceMs === undefined && !nothingOld ? {} : { sinceSeconds: Math.max(1, Math.ceil(agoMs / 1000)) }),
    ...(tail === undefined || nothingOld ? {} : { tailLines: tail }),
  };
}

/** Answers that mean "not now": the container is being created, the kubelet or the API server is away. */
function isPassing(error: KubernetesError): boolean {
  return error.code === 0 || error.code === 400 || error.code === 404 || error.code === 429 || error.code >= 500;
}

/** How the pod is, asked of the API itself: a cache may be behind, and here being behind would lose lines. */
async function podState({ client, paths, wait }: World, pod: PodIdentity, signal: AbortSignal): Promise<PodState> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const { body } = await client.request<RawPod>({ method: 'GET', path: `${paths.pods}/${pod.name}`, signal });
      if (body.metadata.uid !== pod.uid) return 'gone';
      const view = projectPod(body);
      if (hasNeverRun(body)) return 'unstarted';
      const over = view?.container.state === 'terminated' || view?.phase === 'Succeeded' || view?.phase === 'Failed';
      return over ? 'ended' : 'live';
    } catch (error) {
      if (hasCode(error, 404)) return 'gone';
      const passing = error instanceof KubernetesError && isPassing(error);
      if (signal.aborted || !passing) throw error;
      await wait(Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt), signal);
    }
  }
}
