import { type Resource, servedRoots } from '../store/resources.js';

/** What a path of the API addresses. */
export interface Target {
  resource: Resource;
  /** Undefined for all namespaces, and for kinds without namespaces. */
  namespace: string | undefined;
  /** Undefined for the collection. */
  name: string | undefined;
  subresource: string | undefined;
}

/** The root of the group and version that the path is below, such as `/api/v1`; undefined if that is not served. */
export function servedRoot(path: string): string | undefined {
  return [...servedRoots.keys()].find((root) => path.startsWith(`${root}/`));
}

/** Reads `/api/v1/...` and `/apis/{group}/{version}/...`; undefined if nothing of that path is served. */
export function parsePath(path: string): Target | undefined {
  const root = servedRoot(path);
  const parts = root && decoded(path.slice(root.length));
  if (!root || !parts) return undefined;
  // "namespaces" is a resource itself and the prefix of all that live in one.
  const isPrefix = parts[0] === 'namespaces' && parts[1] && parts[2] && parts[2] !== 'status';
  const namespace = isPrefix ? parts[1] : undefined;
  const [resourceName, name, subresource, ...more] = isPrefix ? parts.slice(2) : parts;
  const resource = servedRoots.get(root)?.find((served) => served.name === resourceName);
  if (resource === undefined || more.length > 0) return undefined;
  if (namespace !== undefined && !resource.namespaced) return undefined;
  if (name !== undefined && resource.namespaced && namespace === undefined) return undefined;
  if (subresource !== undefined && !Object.hasOwn(resource.subresources, subresource)) return undefined;
  return { resource, namespace, name, subresource };
}

function decoded(path: string): string[] | undefined {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
