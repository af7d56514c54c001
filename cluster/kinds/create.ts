import { randomUUID } from 'node:crypto';
import { generatedName } from './generated-name.js';
import { type KubeObject, type NewObject, mutableCopy, timestamp } from '../store/object.js';
import { apiVersionOf, resourceNamed } from '../store/resources.js';
import { StatusError, alreadyExists, forbidden, invalid } from '../store/status-error.js';
import type { Store } from '../store/store.js';
import { validateMetadata } from './metadata.js';
import { requireQuota } from './quota.js';
import { kindOf } from './registry.js';

const generatedNameAttempts = 8;

/**
 * Makes an object the way the API does, for clients and controllers alike: namespace, defaults, validation, quotas,
 * then the store. With `dryRun` everything but the last. Throws the StatusErrors of the API (404 for the namespace,
 * 409, 422, 403).
 */
export function createObject(
  store: Store,
  resource: string,
  object: NewObject,
  options: { dryRun?: boolean } = {},
): KubeObject {
  const { generateName, name } = object.metadata;
  const generates = !name && generateName !== undefined && generateName !== '';
  for (let attempt = 1; ; attempt += 1) {
    const draft = prepared(store, resource, object, generates ? generatedName(generateName) : (name ?? ''));
    requireQuota(store, resource, draft);
    try {
      if (options.dryRun !== true) return store.create(resource, draft);
      if (store.get(resource, draft.metadata.namespace, draft.metadata.name) === undefined) return draft;
      throw alreadyExists(resourceNamed(resource), draft.metadata.name);
    } catch (error) {
      const isTaken = error instanceof StatusError && error.reason === 'AlreadyExists';
      if (!generates || !isTaken || attempt === generatedNameAttempts) throw error;
    }
  }
}

function prepared(store: Store, resource: string, object: NewObject, name: string): KubeObject {
  const kind = kindOf(resource);
  const definition = resourceNamed(resource);
  if (object.metadata.resourceVersion) {
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  }
  const { generateName, namespace, labels, annotations, ownerReferences, finalizers } = object.metadata;
  const own = { name, uid: randomUUID(), creationTimestamp: timestamp(), ...(kind.hasGeneration && { generation: 1 }) };
  const draft = mutableCopy({
    ...object,
    apiVersion: apiVersionOf(definition),
    kind: definition.kind,
    metadata: { generateName, namespace, labels, annotations, ownerReferences, finalizers, ...own },
  }) as KubeObject;
  if (definition.namespaced) requireNamespace(store, resource, draft);
  else delete draft.metadata.namespace;
  kind.setDefaults?.(draft);
  // What the API adds to the metadata is not the client's fault.
  const causes = validateMetadata(kind, draft);
  kind.prepareCreate?.(draft);
  causes.push(...(kind.validate?.(draft) ?? []));
  if (causes.length > 0) throw invalid(definition, name, causes);
  return draft;
}

function requireNamespace(store: Store, resource: string, { metadata }: KubeObject): void {
  const name = metadata.namespace ?? '';
  const namespace = store.existing('namespaces', '', name);
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${name} because it is being terminated`;
  throw forbidden(resourceNamed(resource), metadata.name, why);
}
