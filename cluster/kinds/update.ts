import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, type ObjectMeta, mutableCopy } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import { badRequest, conflict, invalid, notFound, staleVersion } from '../store/status-error.js';
import type { Store } from '../store/store.js';
import { validateMetadata, validateMetadataUpdate } from './metadata.js';
import { kindOf } from './registry.js';

/** What kind of write it is. */
export interface WriteOptions {
  /** Only `status` so far: the status is taken and the spec is kept; otherwise it is the other way round. */
  subresource?: string;
  dryRun?: boolean;
  /** Whether an unknown uid is a conflict (PUT) or invalid (PATCH). */
  replaces?: boolean;
}

/**
 * Changes an object the way the API does: `produce` makes the wanted object from the current one; what clients may not
 * change is kept, the rest is defaulted and validated. Throws the StatusErrors of the API (404, 409, 422).
 */
export function updateObject(
  store: Store,
  resource: string,
  namespace: string | undefined,
  name: string,
  produce: (current: KubeObject) => KubeObject,
  options: WriteOptions = {},
): KubeObject {
  const current = store.get(resource, namespace, name);
  if (current === undefined) throw notFound(resourceNamed(resource), name);
  const wanted = next(resource, current, produce(mutableCopy(current)), options);
  return options.dryRun === true ? wanted : store.replace(current, wanted);
}

function next(resource: string, current: KubeObject, wanted: KubeObject, options: WriteOptions): KubeObject {
  const kind = kindOf(resource);
  const definition = resourceNamed(resource);
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
    throw staleVersion(definition, name);
  }
  if (options.replaces === true && uid !== undefined && uid !== current.metadata.uid) {
    throw conflict(
      definition,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
    );
  }
  wanted.metadata = updatedMetadata(wanted.metadata, current.metadata);
  if (options.subresource === 'status') {
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
  if (causes.length > 0) throw invalid(definition, name, causes);
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
