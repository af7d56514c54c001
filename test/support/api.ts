import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { loadClusterConfig } from '../../server/kubernetes/api/credentials.js';
import { eventually } from './eventually.js';
import { createNamespace, removeNamespace, targetKubeconfig } from './target.js';

// biome-ignore lint/suspicious/noExplicitAny: whatever JSON the API answers
export type Json = any;

/** What a call has come back with. */
export interface Reply {
  readonly code: number;
  /** The parsed JSON, or the text of other answers. */
  readonly body: Json;
  readonly headers: IncomingMessage['headers'];
  /** The texts of the Warning headers. */
  readonly warnings: readonly string[];
}

/** How a call is made, beside method, path and body. */
export interface CallOptions {
  /** Content-Type of the body. */
  readonly type?: string;
  readonly accept?: string;
}

/** An event of a watch. */
export interface WatchEvent {
  readonly type: string;
  readonly object: Json;
}

/** An open watch. Nothing is read of it before it is asked for its first event. */
export interface Watch {
  readonly code: number;
  /** The next event; undefined when the stream has ended. */
  next(): Promise<WatchEvent | undefined>;
  /** The next event that fits; throws when the stream has ended. */
  until(fits: (event: WatchEvent) => boolean): Promise<WatchEvent>;
  end(): void;
}

/** The HTTP API of a cluster, as it is: nothing is retried, no status is an error. Paths may leave out what comes before the namespace's collections. */
export interface Api {
  readonly namespace: string;
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Reply>;
  watch(path: string, options?: CallOptions): Promise<Watch>;
  /** Looks at an object until it is as it should be, and returns it. */
  untilOf(path: string, fits: (object: Json) => boolean): Promise<Json>;
  /** Waits until a pod's log, its last lines in doubt, matches. */
  logUntil(pod: string, pattern: RegExp): Promise<void>;
}

/** Content types of patches. */
export const PATCH = {
  json: { type: 'application/json-patch+json' },
  merge: { type: 'application/merge-patch+json' },
  strategic: { type: 'application/strategic-merge-patch+json' },
} as const;

/** The API of the cluster under test, with a namespace for the suite it is called in. */
export function useApi(): Api {
  let api: Api | undefined;
  let close: (() => Promise<void>) | undefined;
  before('a namespace of its own', async () => {
    const kubernetes = await createNamespace();
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    api = await connectApi(targetKubeconfig(), kubernetes.namespace, agent);
    close = async () => {
      await removeNamespace(kubernetes);
      agent.destroy();
    };
  });
  after('the namespace', () => close?.());
  const there = (): Api => {
    if (api === undefined) throw new Error('the API is there only while tests run');
    return api;
  };
  return {
    get namespace() {
      return there().namespace;
    },
    call: (...args) => there().call(...args),
    watch: (...args) => there().watch(...args),
    untilOf: (...args) => there().untilOf(...args),
    logUntil: (...args) => there().logUntil(...args),
  };
}

async function connectApi(kubeconfig: string, namespace: string, agent: Agent): Promise<Api> {
  const config = loadClusterConfig({ kind: 'kubeconfig', path: kubeconfig, context: undefined });
  const { headers: authorization, tls } = await config.credentials(false, {});
  const send = async (method: string, path: string, body: unknown, { type, accept }: CallOptions) => {
    const headers: Record<string, string> = { ...authorization };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    if (text !== undefined) {
      headers['content-type'] = type ?? 'application/json';
      headers['content-length'] = String(Buffer.byteLength(text));
    }
    if (accept !== undefined) headers['accept'] = accept;
    const call = request(config.server + fullPath(path, namespace), { method, headers, agent, ...tls });
    call.end(text);
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    return response;
  };
  const api: Api = {
    namespace,
    untilOf: (path, fits) =>
      eventually(async () => {
        const { body } = await api.call('GET', path);
        if (!fits(body)) throw new Error(`${path} is not so (yet): ${JSON.stringify(body.status ?? body)}`);
        return body;
      }),
    logUntil: (pod, pattern) =>
      eventually(async () => {
        const { body } = await api.call('GET', `pods/${pod}/log?tailLines=100`);
        if (!pattern.test(String(body))) throw new Error(`the log of ${pod} is ${JSON.stringify(body)}`);
      }),
    async call(method, path, body, options = {}) {
      const response = await send(method, path, body, options);
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      const isJson = response.headers['content-type']?.startsWith('application/json') === true;
      return {
        code: response.statusCode ?? 0,
        body: isJson ? JSON.parse(text) : text,
        headers: response.headers,
        warnings: warningsOf(response.headers['warning'] ?? ''),
      };
    },
    async watch(path, options = {}) {
      const response = await send('GET', path, undefined, options);
      let lines: AsyncIterator<string> | undefined;
      const next = async (): Promise<WatchEvent | undefined> => {
        lines ??= createInterface({ input: response })[Symbol.asyncIterator]();
        const line = await lines.next();
        return line.done === true ? undefined : (JSON.parse(line.value) as WatchEvent);
      };
      return {
        code: response.statusCode ?? 0,
        next,
        async until(fits) {
          for (let event = await next(); event !== undefined; event = await next()) if (fits(event)) return event;
          throw new Error(`the watch of ${path} has ended without the event`);
        },
        end: () => response.destroy(),
      };
    },
  };
  return api;
}

/** `jobs/x` is in the namespace of the suite; what begins with a slash is taken as it is. */
function fullPath(path: string, namespace: string): string {
  if (path.startsWith('/')) return path;
  return `${path.startsWith('jobs') ? '/apis/batch' : '/api'}/v1/namespaces/${namespace}/${path}`;
}

function warningsOf(header: string): string[] {
  return [...header.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}
