import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, mutableCopy } from './object.js';
import type { StoreEvent } from './store-event.js';

/** What an object becomes by what is wanted of it; undefined when that is what it is. */
export function changed(previous: KubeObject, wanted: KubeObject): Pick<StoreEvent, 'type' | 'object'> | undefined {
  const object = mutableCopy(wanted);
  keepIdentity(object, previous);
  if (isDeepStrictEqual(object, previous)) return undefined;
  return { type: isReleased(object) ? 'DELETED' : 'MODIFIED', object };
}

/** What no change may touch, whoever makes it. */
function keepIdentity(next: KubeObject, previous: KubeObject): void {
  next.apiVersion = previous.apiVersion;
  next.kind = previous.kind;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = previous.metadata;
  Object.assign(next.metadata, { name, uid, resourceVersion, creationTimestamp });
  if (namespace !== undefined) next.metadata.namespace = namespace;
}

/** Whether the object is being deleted and nothing holds it any more. */
function isReleased({ kind, metadata, spec }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  if ((metadata.finalizers?.length ?? 0) > 0 || (metadata.deletionGracePeriodSeconds ?? 0) > 0) return false;
  return kind !== 'Namespace' || !Array.isArray(spec?.finalizers) || spec.finalizers.length === 0;
}
