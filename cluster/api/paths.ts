import { type Resource, apiVersionOf, resources } from '../store/resources.js';

/** What a path of the API addresses. */
export interface Target {
  resource: Resource;
  /** Undefined for all namespaces, and for kinds without namespaces. */
  namespace: string | undefined;
  /** Undefined for the collection. */
  name: string | undefined;
  subresource: string | undefined;
}

/** Reads `/api/v1/...` and `/apis/{group}/{version}/...`; undefined if nothing of that path is served. */
export function parsePath(path: string): Target | undefined {
  const parts = decoded(path);
  if (parts === undefined) return undefined;
  const [root, ...rest] = parts;
  const group = root === 'api' ? '' : rest.shift();
  if ((root !== 'api' && root !== 'apis') || group === undefined) return undefined;
  const version = rest.shift();
  // "namespaces" is a resource itself and the prefix of all that live in one.
  if (rest[0] === 'namespaces' && rest[1] !== undefined && rest[2] !== undefined && rest[2] !== 'status') {
    const [, namespace, resource, ...tail] = rest;
    return target(group, version, resource, namespace, tail);
  }
  return target(group, version, rest[0], undefined, rest.slice(1));
}

function target(
  group: string,
  version: string | undefined,
  name: string | undefined,
  namespace: string | undefined,
  [object, subresource, ...more]: string[],
): Target | undefined {
  const resource = resources.get(name ?? '');
  if (resource === undefined || resource.group !== group || version !== 'v1' || more.length > 0) {
    return undefined;
  }
  if (namespace !== undefined && !resource.namespaced) return undefined;
  if (object !== undefined && resource.namespaced && namespace === undefined) return undefined;
  if (subresource !== undefined && !Object.hasOwn(resource.subresources, subresource)) return undefined;
  return { resource, namespace, name: object, subresource };
}

function decoded(path: string): string[] | undefined {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** Whether the path is below a group and version that are served. */
export function isServedVersion(path: string): boolean {
  return [...resources.values()].some((resource) => {
    const version = apiVersionOf(resource);
    return path.startsWith(version.includes('/') ? `/apis/${version}/` : `/api/${version}/`);
  });
}
