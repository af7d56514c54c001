import { isDeepStrictEqual } from 'node:util';
import { StatusError, badRequest } from '../../store/status-error.js';
import { isObject } from '../request.js';

const maxOperations = 10_000;

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** Applies a JSON patch (RFC 6902); throws BadRequest for what is none and Invalid (422) when it does not fit. */
export function jsonPatch(target: Record<string, unknown>, patch: unknown): Record<string, unknown> {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  if (patch.length > maxOperations) {
    const why = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`;
    throw new StatusError(413, 'RequestEntityTooLarge', why);
  }
  let document: unknown = structuredClone(target);
  for (const operation of patch) {
    if (!isOperation(operation)) throw refused();
    document = applied(document, operation);
  }
  if (!isObject(document)) throw refused();
  return document;
}

function isOperation(value: unknown): value is Operation {
  return isObject(value) && typeof value['op'] === 'string' && typeof value['path'] === 'string';
}

function applied(document: unknown, { op, path, from, value }: Operation): unknown {
  switch (op) {
    case 'add':
      return put(document, pointer(path), structuredClone(value), 'add');
    case 'replace':
      return put(document, pointer(path), structuredClone(value), 'replace');
    case 'remove':
      return removed(document, pointer(path));
    case 'test':
      if (!isDeepStrictEqual(valueAt(document, pointer(path)), value)) throw refused();
      return document;
    case 'copy':
      return put(document, pointer(path), structuredClone(valueAt(document, pointer(from))), 'add');
    case 'move': {
      const moved = valueAt(document, pointer(from));
      return put(removed(document, pointer(from)), pointer(path), moved, 'add');
    }
    default:
      throw refused();
  }
}

function pointer(path: string | undefined): string[] {
  if (path === '') return [];
  if (path === undefined || !path.startsWith('/')) throw refused();
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function child(container: unknown, key: string): unknown {
  if (Array.isArray(container)) return container[index(key, container.length - 1)];
  if (isObject(container) && Object.hasOwn(container, key)) return container[key];
  throw refused();
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(child, document);
}

function put(document: unknown, path: readonly string[], value: unknown, mode: 'add' | 'replace'): unknown {
  const key = path.at(-1);
  if (key === undefined) return value;
  const container = valueAt(document, path.slice(0, -1));
  if (Array.isArray(container)) {
    if (mode === 'replace') container[index(key, container.length - 1)] = value;
    else container.splice(key === '-' ? container.length : index(key, container.length), 0, value);
  } else if (isObject(container)) {
    if (mode === 'replace' && !Object.hasOwn(container, key)) throw refused();
    Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
  } else throw refused();
  return document;
}

function removed(document: unknown, path: readonly string[]): unknown {
  const key = path.at(-1);
  if (key === undefined) throw refused();
  const container = valueAt(document, path.slice(0, -1));
  if (Array.isArray(container)) container.splice(index(key, container.length - 1), 1);
  else if (isObject(container) && Object.hasOwn(container, key)) delete container[key];
  else throw refused();
  return document;
}

function index(text: string, last: number): number {
  if (!/^(0|[1-9]\d{0,8})$/.test(text) || Number(text) > last) throw refused();
  return Number(text);
}

/** The API does not say which operation failed. */
function refused(): StatusError {
  return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
