/**
 * Requests to the Kubernetes API: raw JSON, or protobuf where there is much of it, over one pool of kept-alive connections, another
 * pool for streams so that followed logs never take a request's place. Deadlines, retries and refreshed tokens are here and nowhere
 * else.
 */

import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import type { Answer, AnswerHead } from './answer-reader.js';
import type { ClusterConfig, Credentials } from './credentials.js';
import { isTransient, KubernetesError, NOT_SENT, parseError, refusal } from './errors.js';
import { Limit } from './limit.js';
import { receive, type Taker, WholeBody } from './receive.js';
import { type ListMetadata, type ListTaker, takeList } from './list-objects.js';
import { isProtobuf, PROTOBUF_OR_JSON, readObject } from './protobuf/objects.js';
import { Pools } from './pools.js';
import { type WatchEvent, watchEvents } from './watch-events.js';

/** How long a request may take, retries included. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How long a cluster that does not answer is tried again: callers would rather know than wait. */
const RETRY_FOR_MS = 8000;
/** The same for the first request of a call, where no connection can be made. */
const FIRST_FOR_MS = 3000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5000;
/** Of a request that nobody ends. */
const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);
/** So much of a stream waits for its reader before no more is asked of the cluster; what came with the last of it comes on top. */
const STREAM_AHEAD_BYTES = 32 * 1024;

/** One request. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path below the server's URL, beginning with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Of a patch; merge patch by default. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** False for a request that must not be repeated. Named creations may: their repetition is refused as existing. */
  readonly retry?: boolean;
  /** True for the first request of a call: while it cannot even be sent nothing has happened, and the caller is told soon. */
  readonly first?: boolean;
  /** True where the answer may come in protobuf, of which only what protobuf/objects.ts has is read. That is several times as fast. */
  readonly protobuf?: boolean;
}

/** What was answered. */
export interface KubeResponse<T> {
  readonly body: T;
  /** Texts of the Warning headers. */
  readonly warnings: readonly string[];
}

type StreamRequest = Pick<KubeRequest, 'path' | 'query' | 'signal'>;

/** The Kubernetes API of one cluster. */
export interface KubeClient {
  /** A request with a JSON answer. Throws {@link KubernetesError}. */
  request<T>(request: KubeRequest): Promise<KubeResponse<T>>;
  /**
   * A page of a list: tells of each object as it comes, and resolves with what the page tells of itself. Repeated as other requests
   * are, so that an object may come twice. In protobuf where the cluster has that.
   */
  list<T>(request: StreamRequest, onObject: (object: T) => void): Promise<ListMetadata>;
  /** A request whose answer goes on for ever. Throws {@link KubernetesError} unless it is answered with 200. */
  stream(request: StreamRequest): Promise<Dispatcher.ResponseData['body']>;
  /** A watch: resolves when it is open. Throws {@link KubernetesError}, the events whatever breaks the watch off. */
  watch<T>(request: StreamRequest): Promise<AsyncIterable<WatchEvent<T>>>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** A client of the cluster. Connects when first used. */
export function createKubeClient(config: ClusterConfig): KubeClient {
  const pools = new Pools(config);

  async function once(request: KubeRequest, limit: Limit, renew: boolean): Promise<Answer> {
    const credentials = await config.credentials(renew);
    const headers: Record<string, string> = {
      ...credentials.headers,
      accept: request.protobuf ? PROTOBUF_OR_JSON : 'application/json',
    };
    if (request.body !== undefined) {
      headers['content-type'] =
        request.method === 'PATCH' ? (request.contentType ?? 'application/merge-patch+json') : 'application/json';
    }
    const path = pools.prefix + request.path + queryOf(request.query);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    try {
      return await pools.requests(credentials).exchange({ method: request.method, path, headers, body }, limit);
    } catch (error) {
      throw connectionError(error, limit.reason, config.server);
    }
  }

  async function answer<T>(request: KubeRequest, limit: Limit): Promise<KubeResponse<T>> {
    let answered = await once(request, limit, false);
    if (answered.statusCode === 401) answered = await once(request, limit, true);
    const { statusCode, headers, body } = answered;
    if (statusCode >= 300) throw errorOf(answered);
    const object = isProtobuf(headerOf(headers, 'content-type')) ? readObject(body) : JSON.parse(body.toString());
    return { body: object as T, warnings: warningsOf(headers) };
  }

  const streamOptions = ({ path, query }: StreamRequest, { headers }: Credentials, accept: string) =>
    ({
      origin: pools.origin,
      path: pools.prefix + path + queryOf(query),
      method: 'GET',
      headers: { ...headers, accept },
    }) as const;

  async function open(request: StreamRequest, accept: string): Promise<Dispatcher.ResponseData> {
    const signal = request.signal ?? NEVER;
    for (const renew of [false, true]) {
      const credentials = await config.credentials(renew);
      let response: Dispatcher.ResponseData;
      try {
        const options = { ...streamOptions(request, credentials, accept), highWaterMark: STREAM_AHEAD_BYTES, signal };
        response = await pools.streams(credentials).request(options);
      } catch (error) {
        throw connectionError(error, signal.aborted ? { error: signal.reason } : undefined, config.server);
      }
      if (response.statusCode === 200) return response;
      const body = Buffer.from(await response.body.arrayBuffer().catch(() => new ArrayBuffer(0)));
      if (response.statusCode === 401 && !renew) continue;
      throw errorOf({ ...response, body });
    }
    throw new KubernetesError(401, 'Unauthorized', 'the credentials are not accepted');
  }

  async function page<T>(request: StreamRequest, limit: Limit, onObject: (object: T) => void): Promise<ListMetadata> {
    for (const renew of [false, true]) {
      const credentials = await config.credentials(renew);
      const refused = new WholeBody();
      let list: ListTaker | undefined;
      const begin = ({ statusCode, headers }: AnswerHead): Taker => {
        if (statusCode === 200) list = takeList(headerOf(headers, 'content-type'), onObject);
        return list ?? refused;
      };
      let head: AnswerHead;
      try {
        [head] = await receive(
          pools.streams(credentials),
          streamOptions(request, credentials, PROTOBUF_OR_JSON),
          limit,
          begin,
        );
        if (list) return list.end();
      } catch (error) {
        throw connectionError(error, limit.reason, config.server);
      }
      if (head.statusCode === 401 && !renew) continue;
      throw errorOf({ ...head, body: refused.bytes() });
    }
    throw new KubernetesError(401, 'Unauthorized', 'the credentials are not accepted');
  }

  return {
    request: <T>(request: KubeRequest) => repeated(request, (limit) => answer<T>(request, limit)),

    list: <T>(request: StreamRequest, onObject: (object: T) => void) =>
      repeated(request, (limit) => page(request, limit, onObject)),

    stream: async (request) => (await open(request, 'application/json, */*')).body,

    async watch<T>(request: StreamRequest) {
      const { body, headers } = await open(request, PROTOBUF_OR_JSON);
      return watchEvents<T>(body, headerOf(headers, 'content-type'));
    },

    close: () => pools.close(),
  };
}

/** Tries until it succeeds, cannot succeed, or has taken too long. Throws {@link NOT_SENT} only when no try was sent. */
async function repeated<T>(
  { retry, first, signal }: Pick<KubeRequest, 'retry' | 'first' | 'signal'>,
  attempt: (limit: Limit) => Promise<T>,
): Promise<T> {
  const beganMs = Date.now();
  let sent: KubernetesError | undefined;
  const limit = new Limit(REQUEST_TIMEOUT_MS, signal);
  try {
    for (let count = 0; ; count += 1) {
      try {
        return await attempt(limit);
      } catch (error) {
        if (retry === false || !isTransient(error)) throw error;
        if (error.reason !== NOT_SENT) sent = error;
        const failure = sent ?? error;
        if (limit.reason) throw failure;
        const giveUpMs = beganMs + (first && !sent ? FIRST_FOR_MS : RETRY_FOR_MS);
        const backoff = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** count) * (0.5 + Math.random());
        const waitMs = Math.max(backoff, error.retryAfterMs ?? 0);
        if (Date.now() + waitMs > giveUpMs || !(await pause(waitMs, signal ?? NEVER))) throw failure;
      }
    }
  } finally {
    limit.end();
  }
}

/** Waits; false when the signal was aborted meanwhile. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
  });
}

function errorOf({ statusCode, headers, body }: Omit<Answer, 'keepsAlive'>): KubernetesError {
  const retryAfter = headerOf(headers, 'retry-after');
  if (isProtobuf(headerOf(headers, 'content-type'))) return refusal(statusCode, readObject(body), retryAfter);
  return parseError(statusCode, body.toString(), retryAfter);
}

function queryOf(query: KubeRequest['query']): string {
  if (!query) return '';
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value));
  const text = params.toString();
  return text ? `?${text}` : '';
}

function headerOf(headers: Answer['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** `299 - "text"`: the texts. */
function warningsOf(headers: Answer['headers']): readonly string[] {
  const values = headers['warning'];
  if (values === undefined) return [];
  const all = Array.isArray(values) ? values.join(', ') : values;
  const texts = [...all.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)];
  return texts.map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'));
}

/** What a request failed with, or why it was ended. */
function connectionError(error: unknown, ended: Limit['reason'], server: string): unknown {
  if (error instanceof KubernetesError) return error;
  const timedOut = ended?.error instanceof DOMException && ended.error.name === 'TimeoutError';
  if (ended && !timedOut) return ended.error;
  const text = timedOut ? 'no answer in time' : messageOf(error);
  const reason = !timedOut && NO_CONNECTION.has((error as NodeJS.ErrnoException).code ?? '') ? NOT_SENT : 'Unreachable';
  return new KubernetesError(0, reason, `${server}: ${text}`, { cause: error });
}

/** What undici and Node say only of connections that did not come to be. */
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
