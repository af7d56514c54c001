import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PodLogs } from '../node/logs/pod-logs.js';
import { badRequest, StatusError } from '../store/status-error.js';
import type { Store } from '../store/store.js';
import { connectSubresources } from './connect/upgrade.js';
import { deleteCollection, deleteOne } from './delete.js';
import { discover } from './discovery.js';
import { createGuard } from './guard.js';
import { getObject, listObjects } from './list.js';
import { streamLog } from './logs.js';
import { openApi } from './openapi.js';
import { type Target, parsePath, servedRoot } from './paths.js';
import { type Answer, type ApiRequest, booleanParameter, readBody } from './request.js';
import { send, sendError } from './send.js';
import { watchObjects } from './watch.js';
import { patchObject, postObject, putObject } from './write.js';

/** What the API is made of. */
export interface ApiOptions {
  store: Store;
  logs: PodLogs;
  /** The bearer token that every request has to carry. */
  token: string;
  /** Ends the watches and logs that are under way. */
  signal: AbortSignal;
}

/** Made once: an exception for each request, with its stack, is worth more than all else that its end costs. */
const overReason = new Error('the client is gone, or the server stops');

/** The Kubernetes API as a request listener of a node:http(s) server. */
export function createApi({
  store,
  logs,
  token,
  signal,
}: ApiOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const guard = createGuard(token);

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    const leave = () => gone.abort(overReason);
    response.once('close', leave);
    signal.addEventListener('abort', leave, { once: true });
    try {
      guard(message.headers);
      const answer = await dispatch(store, logs, requestOf(message, gone.signal), response);
      if (answer) await send(response, answer);
    } catch (error) {
      await sendError(response, error);
    } finally {
      signal.removeEventListener('abort', leave);
      // A body that nobody has read would be taken for the next request of the connection.
      if (!message.complete) message.resume();
    }
  };
  return (message, response) => void serve(message, response).catch(() => response.destroy());
}

function requestOf(message: IncomingMessage, signal: AbortSignal): ApiRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  let body: Promise<Buffer> | undefined;
  return {
    method: message.method ?? 'GET',
    path: path.length > 1 ? path.replace(/\/+$/, '') || '/' : path,
    query: new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1)),
    headers: message.headers,
    body: () => (body ??= readBody(message)),
    signal,
  };
}

/** Answers the request; undefined when the answer has been streamed. */
async function dispatch(
  store: Store,
  logs: PodLogs,
  request: ApiRequest,
  response: ServerResponse,
): Promise<Answer | void> {
  const document = discover(request) ?? openApi(request);
  if (document !== undefined) {
    if (request.method !== 'GET') throw wrongMethod();
    return document;
  }
  const target = parsePath(request.path);
  if (target === undefined) {
    if (!servedRoot(request.path)) return { code: 404, body: '404 page not found\n', contentType: 'text/plain' };
    throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
  }
  if (connectSubresources.has(target.subresource ?? '')) throw badRequest('Upgrade request required');
  const verb = verbOf(request, target);
  const { resource, subresource } = target;
  const verbs = subresource === undefined ? resource.verbs : (resource.subresources[subresource] ?? []);
  if (verb === undefined || !verbs.includes(verb)) throw wrongMethod();
  if (verb === 'watch') return watchObjects(store, request, target, response);
  if (subresource === 'log') return streamLog(store, logs, request, target, response);
  return handlers[verb](store, request, target);
}

type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
type Handler = (store: Store, request: ApiRequest, target: Target) => Answer | Promise<Answer>;

const handlers: Readonly<Record<Exclude<Verb, 'watch'>, Handler>> = {
  get: getObject,
  list: listObjects,
  create: postObject,
  update: putObject,
  patch: patchObject,
  delete: deleteOne,
  deletecollection: deleteCollection,
};

const objectVerbs: Readonly<Record<string, Verb>> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** What the method means for one object or a collection; undefined if nothing. */
function verbOf({ method, query }: ApiRequest, { resource, namespace, name }: Target): Verb | undefined {
  if (name !== undefined) return objectVerbs[method];
  if (method === 'GET') return booleanParameter(query, 'watch') ? 'watch' : 'list';
  // In all namespaces at once one can only read.
  if (resource.namespaced && namespace === undefined) return undefined;
  return method === 'POST' ? 'create' : method === 'DELETE' ? 'deletecollection' : undefined;
}

function wrongMethod(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}
