import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, mutableCopy } from './object.js';

/** How a change is to be understood. */
export interface UpdateOptions {
  /** A change through a subresource (`status`, `binding`) does not count as a new generation of the spec. */
  subresource?: string;
}

/** Changes the draft; may say instead that the object is to be removed as it is. */
export type Change = (draft: KubeObject) => undefined | 'remove' | void;

/** What a change makes of an object; undefined when nothing is to be written. */
export function changed(
  previous: KubeObject,
  change: Change,
  options: UpdateOptions,
): { type: 'MODIFIED' | 'DELETED'; object: KubeObject } | undefined {
  const draft = mutableCopy(previous);
  if (change(draft) === 'remove') return { type: 'DELETED', object: previous };
  const next = mutableCopy(draft);
  keepIdentity(next, previous);
  if (isDeepStrictEqual(next, previous)) return undefined;
  if (isReleased(next)) return { type: 'DELETED', object: next };
  const { generation } = previous.metadata;
  if (generation !== undefined && options.subresource === undefined && next.metadata.generation === generation) {
    if (!isDeepStrictEqual(next.spec, previous.spec)) next.metadata.generation = generation + 1;
  }
  return { type: 'MODIFIED', object: next };
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
