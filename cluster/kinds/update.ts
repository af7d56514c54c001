import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, type ObjectMeta, mutableCopy } from '../store/object.js';
import { badRequest, conflict, invalid, staleVersion } from '../store/status-error.js';
import { validateMetadata, validateMetadataUpdate } from './metadata.js';
import type { Kind } from './kind.js';

/** What kind of write it is. */
export interface WriteOptions {
  /** Only `status` so far: the status is taken and the spec is kept; otherwise it is the other way round. */
  subresource: string | undefined;
  /** Whether an unknown uid is a conflict (PUT) or invalid (PATCH). */
  replaces: boolean;
}

/**
 * What the API makes of an object as a client wants it: what clients may not change is kept, the rest is defaulted and
 * validated. Changes `wanted`. Throws the StatusErrors of the API (409, 422).
 */
export function updatedObject(
  kind: Kind,
  current: KubeObject,
  wanted: KubeObject,
  { subresource, replaces }: WriteOptions,
): KubeObject {
  const { resource } = kind;
  const { name } = current.metadata;
  wanted.metadata ??= {} as KubeObject['metadata'];
  if (wanted.metadata.name !== undefined && wanted.metadata.name !== name) {
    throw badRequest(`the name of the object (${wanted.metadata.name}) does not match the name on the URL (${name})`);
  }
  const { namespace, resourceVersion, uid } = wanted.metadata;
  if (namespace !== undefined && namespace !== current.metadata.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== current.metadata.resourceVersion) {
    throw staleVersion(resource, name);
  }
  if (replaces && uid !== undefined && uid !== current.metadata.uid) {
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
    );
  }
  wanted.metadata = updatedMetadata(wanted.metadata, current.metadata);
  if (subresource === 'status') {
    const { status, metadata } = wanted;
    return { ...current, metadata, ...(status === undefined ? {} : { status }) };
  }
  if (current.status === undefined) delete wanted.status;
  else wanted.status = current.status;
  kind.setDefaults?.(wanted);
  kind.prepareUpdate?.(wanted, current);
  const causes = [
    ...validateMetadata(kind, wanted),
    ...validateMetadataUpdate(wanted, current),
    ...(kind.validate?.(wanted) ?? []),
    ...(kind.validateUpdate?.(mutableCopy(wanted), current) ?? []),
  ];
  if (causes.length > 0) throw invalid(resource, name, causes);
  const { generation } = current.metadata;
  if (generation !== undefined && !isDeepStrictEqual(mutableCopy(wanted.spec), current.spec)) {
    wanted.metadata.generation = generation + 1;
  }
  return wanted;
}

/** What clients may change, and a uid that has to be the same; the rest is the API's, whatever the client sent. */
function updatedMetadata(wanted: Partial<ObjectMeta>, current: ObjectMeta): ObjectMeta {
  const { labels, annotations, ownerReferences, finalizers, uid = current.uid } = wanted;
  return { ...current, uid, labels, annotations, ownerReferences, finalizers } as ObjectMeta;
}
