import { notSupported } from '../kinds/causes.js';
import { kindOf } from '../kinds/registry.js';
import type { KubeObject } from '../store/object.js';
import { type StatusError, badRequest, invalidOptions } from '../store/status-error.js';
import type { Store } from '../store/store.js';
import { keyOf } from '../store/table.js';
import { type ObjectMatch, parseFieldSelector } from './field-selector.js';
import { parseLabelSelector } from './label-selector.js';
import type { Target } from './paths.js';
import { type Answer, type ApiRequest, integerParameter } from './request.js';
import { render, renderList, viewOf } from './table.js';
import { expired, forbiddenOption, requestedVersion } from './versions.js';

const versionMatches = ['Exact', 'NotOlderThan', ''];

/** Where the next page starts, and in which version. -1 is the current one. */
interface Continue {
  rv: number;
  start: string;
}

/** Answers GET of one object. */
export function getObject(store: Store, request: ApiRequest, { resource, namespace, name = '' }: Target): Answer {
  const view = viewOf(request, resource);
  requestedVersion(request.query, store.revision);
  return { code: 200, body: render(store.existing(resource.name, namespace, name), view) };
}

/** The selectors of a request as one test; undefined when everything is wanted. */
export function selection(query: URLSearchParams, resource: string): ObjectMatch | undefined {
  const labels = parseLabelSelector(query.get('labelSelector'));
  const fields = parseFieldSelector(query.get('fieldSelector'), kindOf(resource));
  if (labels === undefined) return fields;
  if (fields === undefined) return ({ metadata }) => labels(metadata.labels);
  return (object) => labels(object.metadata.labels) && fields(object);
}

/** Answers GET of a collection, a page of it if there is a limit. */
export function listObjects(store: Store, request: ApiRequest, { resource, namespace }: Target): Answer {
  const { query } = request;
  const view = viewOf(request, resource);
  if (query.has('sendInitialEvents')) {
    throw forbiddenOption('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  }
  integerParameter(query, 'timeoutSeconds');
  const matches = selection(query, resource.name);
  const limit = integerParameter(query, 'limit') ?? 0;
  const from = pageStart(query, store.revision);
  const version = from.rv === -1 ? store.revision : from.rv;
  const objects = objectsAt(store, resource.name, namespace, version, from.start, query);

  const page: KubeObject[] = [];
  let rest = 0;
  for (const object of objects) {
    if (matches !== undefined && !matches(object)) continue;
    if (limit > 0 && page.length === limit) {
      rest += 1;
      // Only a list without selectors says how much is left.
      if (matches !== undefined) break;
    } else page.push(object);
  }
  const last = page.at(-1);
  const metadata = {
    resourceVersion: String(version),
    ...(rest === 0 || last === undefined ? {} : { continue: encodeContinue(version, last) }),
    ...(rest === 0 || matches !== undefined ? {} : { remainingItemCount: rest }),
  };
  return { code: 200, body: renderList(page, metadata, view) };
}

function pageStart(query: URLSearchParams, current: number): Continue {
  const match = query.get('resourceVersionMatch') ?? '';
  const token = query.get('continue') ?? '';
  const version = requestedVersion(query, current);
  const refuse = (why: string) => forbiddenOption('resourceVersionMatch', `resourceVersionMatch ${why}`);
  if (match !== '' && version === undefined) throw refuse('is forbidden unless resourceVersion is provided');
  if (match !== '' && token !== '') throw refuse('is forbidden when continue is provided');
  if (!versionMatches.includes(match)) {
    throw invalidOptions('ListOptions', [notSupported('resourceVersionMatch', match, versionMatches)]);
  }
  if (match === 'Exact' && version === 0) throw refuse('"exact" is forbidden for resourceVersion "0"');
  if (token !== '') {
    if (version) throw badRequest('specifying resource version is not allowed when using continue');
    return decodeContinue(token);
  }
  // A page of a version means that version, as it always did.
  const isExact = match === 'Exact' || (match === '' && Number(query.get('limit') ?? 0) > 0);
  return { rv: isExact && version ? version : -1, start: '' };
}

/** The objects behind `start` as they were in that version; throws Expired (410) when that is forgotten. */
function objectsAt(
  store: Store,
  resource: string,
  namespace: string | undefined,
  version: number,
  start: string,
  query: URLSearchParams,
): Iterable<KubeObject> {
  const changes = version === store.revision ? [] : store.since(resource, version);
  if (changes === undefined) throw tooOld(query, start);
  if (changes.length === 0) return store.range(resource, namespace, start);
  const found = new Map<string, KubeObject>();
  for (const object of store.range(resource, namespace, start)) found.set(keyOf(object.metadata), object);
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  for (const { object, previous } of changes.toReversed()) {
    const key = keyOf(object.metadata);
    if (!key.startsWith(prefix) || key <= start) continue;
    if (previous === undefined) found.delete(key);
    else found.set(key, previous);
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

function tooOld(query: URLSearchParams, start: string): StatusError {
  if (!query.get('continue')) return expired('The resourceVersion for the provided list is too old.');
  return expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
      'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
      'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
      'deleted between the time the first chunk was returned and now may show up in the list.',
    encode({ rv: -1, start }),
  );
}

function encodeContinue(rv: number, { metadata }: KubeObject): string {
  return encode({ rv, start: keyOf(metadata) });
}

function encode(position: Continue): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...position })).toString('base64url');
}

function decodeContinue(token: string): Continue {
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Partial<Continue>;
    if (typeof rv === 'number' && Number.isSafeInteger(rv) && typeof start === 'string') return { rv, start };
  } catch {
    // Said below.
  }
  throw badRequest('invalid continue token: continue key is not valid: it was not made by this server');
}
