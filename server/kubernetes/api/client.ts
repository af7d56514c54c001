/**
 * Requests to the Kubernetes API: raw JSON, or protobuf where there is much of it, over one pool of kept-alive connections, another
 * pool for streams so that followed logs never take a request's place. Deadlines, retries and refreshed tokens are here and nowhere
 * else.
 */

import type { Dispatcher } from 'undici';
import { messageOf } from '../../message-of.js';
import { pause } from '../../pause.js';
import type { ClusterConfig, Credentials } from './credentials.js';
import { isConflict, isTransient, KubernetesError, NOT_BEGUN, NOT_SENT, parseError, refusal } from './errors.js';
import { type Answer, type AnswerHead, exchange, type Limits, receive, type Taker, WholeBody } from './exchange.js';
import { type ListMetadata, type ListTaker, takeList } from './list-objects.js';
import { isProtobuf, PROTOBUF_OR_JSON, readObject } from './protobuf/objects.js';
import { Pools } from './pools.js';
import { takeEvents, type WatchEvent } from './watch-events.js';

/** How long a request may take, retries included. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How long a cluster that does not answer is tried again: callers would rather know than wait. */
const RETRY_FOR_MS = 8000;
/** The same for the first request of a call, where no connection can be made. */
const FIRST_FOR_MS = 3000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5000;
/** So much of a stream waits for its reader before no more is asked of the cluster; what came with the last of it comes on top. */
const STREAM_AHEAD_BYTES = 32 * 1024;

/** One request. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path below the server's URL, beginning with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** What is sent as JSON; text is JSON already. */
  readonly body?: object | string;
  /** Of a patch; merge patch by default. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** False for a request that must not be repeated. Named creations may: their repetition is refused as existing. */
  readonly retry?: boolean;
  /**
   * True as long as nothing that the call did had an effect: while it cannot even be sent nothing has happened, and the caller is told
   * so soon, with {@link NOT_BEGUN}.
   */
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

/** Who is told of a watch. Has to be quick. */
export interface Watcher<T> {
  /** The cluster watches. */
  readonly onOpen: () => void;
  readonly onEvent: (event: WatchEvent<T>) => void;
}

/** The Kubernetes API of one cluster. */
export interface KubeClient {
  /** A request with a JSON answer. Throws {@link KubernetesError}. */
  request<T>(request: KubeRequest): Promise<KubeResponse<T>>;
  /**
   * A page of a list: tells of each object as it comes, and resolves with what the page tells of itself. Repeated as other requests
   * are, so that an object may come twice. In protobuf where the cluster has that.
   */
  list<T>(request: StreamRequest, onObject: (object: T) => void): Promise<ListMetadata>;
  /**
   * A request whose answer goes on for ever, and may begin as late as the signal allows. Throws {@link KubernetesError} unless it is
   * answered with 200.
   */
  stream(request: StreamRequest): Promise<Dispatcher.ResponseData['body']>;
  /**
   * A watch: resolves when the cluster ends it. Throws {@link KubernetesError} where it does not begin, and then whatever breaks it off,
   * which may be what the watcher throws.
   */
  watch<T>(request: StreamRequest, watcher: Watcher<T>): Promise<void>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** A client of the cluster. Connects when first used. */
export function createKubeClient(config: ClusterConfig): KubeClient {
  const pools = new Pools(config);

  async function once(request: KubeRequest, limits: Limits, renew: boolean): Promise<Answer> {
    const credentials = await config.credentials(renew, limits);
    const headers: Record<string, string> = {
      ...credentials.headers,
      accept: request.protobuf ? PROTOBUF_OR_JSON : 'application/json',
    };
    if (request.body !== undefined) {
      headers['content-type'] =
        request.method === 'PATCH' ? (request.contentType ?? 'application/merge-patch+json') : 'application/json';
    }
    const options = {
      origin: pools.origin,
      path: pools.prefix + request.path + queryOf(request.query),
      method: request.method,
      headers,
      body: typeof request.body === 'object' ? JSON.stringify(request.body) : (request.body ?? null),
    };
    try {
      return await exchange(pools.requests(credentials), options, limits);
    } catch (error) {
      throw connectionError(error, limits.signal, config.server);
    }
  }

  async function answer<T>(request: KubeRequest, limits: Limits): Promise<KubeResponse<T>> {
    let answered = await once(request, limits, false);
    if (answered.statusCode === 401) answered = await once(request, limits, true);
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

  /** Answers with the connection on which a stream has begun. */
  async function open(request: StreamRequest): Promise<Dispatcher.ResponseData> {
    const signal = request.signal ?? new AbortController().signal;
    for (const renew of [false, true]) {
      const credentials = await config.credentials(renew, { signal });
      let response: Dispatcher.ResponseData;
      try {
        const options = streamOptions(request, credentials, 'application/json, */*');
        response = await pools.streams(credentials).request({
          ...options,
          // A kubelet mostly answers who follows a log with the first line only.
          headersTimeout: 0,
          highWaterMark: STREAM_AHEAD_BYTES,
          signal,
        });
      } catch (error) {
        throw connectionError(error, signal, config.server);
      }
      if (response.statusCode === 200) return response;
      const body = Buffer.from(await response.body.arrayBuffer().catch(() => new ArrayBuffer(0)));
      if (response.statusCode === 401 && !renew) continue;
      throw errorOf({ ...response, body });
    }
    throw new KubernetesError(401, 'Unauthorized', 'the credentials are not accepted');
  }

  /** Has the body of an answer, which may be in protobuf, taken as it comes. Throws what breaks it off as it is. */
  async function taken<T extends Taker>(
    request: StreamRequest,
    limits: Limits,
    begin: (contentType: string | undefined) => T,
  ): Promise<T> {
    for (const renew of [false, true]) {
      const credentials = await config.credentials(renew, limits);
      const options = streamOptions(request, credentials, PROTOBUF_OR_JSON);
      const refused = new WholeBody();
      let taker: T | undefined;
      let head: AnswerHead | undefined;
      try {
        await receive(pools.streams(credentials), options, limits, (answered): Taker => {
          head = answered;
          if (head.statusCode === 200) taker = begin(headerOf(head.headers, 'content-type'));
          return taker ?? refused;
        });
      } catch (error) {
        if (taker) throw error;
        // That it is a refusal is known, also where its text breaks off.
        if (!head || limits.signal?.aborted) throw connectionError(error, limits.signal, config.server);
      }
      if (taker) return taker;
      if (!head) throw new KubernetesError(0, 'Unreachable', `${config.server}: no answer`);
      if (head.statusCode === 401 && !renew) continue;
      throw errorOf({ ...head, body: refused.bytes() });
    }
    throw new KubernetesError(401, 'Unauthorized', 'the credentials are not accepted');
  }

  async function page<T>(request: StreamRequest, limits: Limits, onObject: (object: T) => void): Promise<ListMetadata> {
    let list: ListTaker | undefined;
    try {
      return (await taken(request, limits, (contentType) => (list = takeList(contentType, onObject)))).end();
    } catch (error) {
      throw list ? connectionError(error, limits.signal, config.server) : error;
    }
  }

  return {
    request: <T>(request: KubeRequest) => repeated(request, (limits) => answer<T>(request, limits)),

    list: <T>(request: StreamRequest, onObject: (object: T) => void) =>
      repeated(request, (limits) => page(request, limits, onObject)),

    stream: async (request) => (await open(request)).body,

    watch: async <T>(request: StreamRequest, { onOpen, onEvent }: Watcher<T>) => {
      await taken(request, request, (contentType) => {
        onOpen();
        return takeEvents<T>(contentType, onEvent);
      });
    },

    close: () => pools.close(),
  };
}

/**
 * Tries until it succeeds, cannot succeed, or has taken too long. Throws {@link NOT_SENT}, of the first request {@link NOT_BEGUN}, only
 * when no try was sent.
 */
async function repeated<T>(
  { method, retry, first, signal }: Partial<Pick<KubeRequest, 'method' | 'retry' | 'first' | 'signal'>>,
  attempt: (limits: Limits) => Promise<T>,
): Promise<T> {
  const beganMs = performance.now();
  const limits = { signal, untilMs: beganMs + REQUEST_TIMEOUT_MS };
  let sent: KubernetesError | undefined;
  for (let count = 0; ; count += 1) {
    try {
      return await attempt(limits);
    } catch (error) {
      if (retry === false || !(isTransient(error) || (method === 'POST' && isConflict(error)))) throw error;
      if (error.reason !== NOT_SENT) sent = error;
      const failure = sent ?? (first ? new KubernetesError(0, NOT_BEGUN, error.message, { cause: error }) : error);
      if (signal?.aborted) throw failure;
      const giveUpMs = beganMs + (first && !sent ? FIRST_FOR_MS : RETRY_FOR_MS);
      const backoff = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** count) * (0.5 + Math.random());
      const waitMs = Math.max(backoff, error.retryAfterMs ?? 0);
      if (performance.now() + waitMs > giveUpMs) throw failure;
      if (!(await pause(waitMs, signal ?? new AbortController().signal))) throw failure;
    }
  }
}

function errorOf({ statusCode, headers, body }: Answer): KubernetesError {
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

function connectionError(error: unknown, signal: AbortSignal | undefined, server: string): unknown {
  if (error instanceof KubernetesError) return error;
  const cause: unknown = signal?.aborted ? signal.reason : error;
  const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
  if (signal?.aborted && !timedOut) return cause;
  const text = timedOut ? 'no answer in time' : firstMessageOf(error);
  const reason = !timedOut && NO_CONNECTION.has((error as NodeJS.ErrnoException).code ?? '') ? NOT_SENT : 'Unreachable';
  return new KubernetesError(0, reason, `${server}: ${text}`, { cause: error });
}

/** What undici and Node say only of connections that did not come to be. */
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** Of a name with several addresses, what the first of them had. */
function firstMessageOf(error: unknown): string {
  const isMany = error instanceof AggregateError && error.errors.length > 0;
  return isMany ? firstMessageOf(error.errors[0]) : messageOf(error);
}
