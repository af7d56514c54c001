import type { KubeObject } from '../store/object.js';
import type { StatusCause } from '../store/status-error.js';
import { broken, forbiddenField, immutable, invalidValue, misnamed, tooLong } from './causes.js';
import type { Kind } from './kind.js';
import { dnsSubdomain, labelValue, qualifiedKey } from './names.js';

const maxAnnotationBytes = 256 * 1024;
const plainFinalizers = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/** The rules for the metadata of every kind. */
export function validateMetadata(kind: Kind, { metadata }: KubeObject): StatusCause[] {
  const causes = [
    // The prefix of a generated name was made into a name before this runs.
    ...misnamed('metadata.name', metadata.name, kind.nameRule ?? dnsSubdomain, 'name or generateName is required'),
    ...validateLabels('metadata.labels', metadata.labels),
    ...validateAnnotations('metadata.annotations', metadata.annotations),
    ...validateOwners(metadata.ownerReferences ?? []),
  ];
  for (const [index, finalizer] of (metadata.finalizers ?? []).entries()) {
    const field = `metadata.finalizers[${index}]`;
    causes.push(...broken('metadata.finalizers', finalizer, qualifiedKey));
    if (!finalizer.includes('/') && !plainFinalizers.has(finalizer)) {
      causes.push(
        invalidValue(field, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'),
      );
    }
  }
  return causes;
}

/** Keys and values of labels. */
export function validateLabels(field: string, labels: Readonly<Record<string, string>> | undefined): StatusCause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...broken(field, key, (text) => qualifiedKey(text, 'a valid label key')),
    ...broken(field, value, labelValue),
  ]);
}

function validateAnnotations(field: string, annotations: Readonly<Record<string, string>> | undefined): StatusCause[] {
  let size = 0;
  const causes = Object.entries(annotations ?? {}).flatMap(([key, value]) => {
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
    return qualifiedKey(key.toLowerCase()).map((why) => invalidValue(field, key, why));
  });
  if (size > maxAnnotationBytes) causes.push(tooLong(field, maxAnnotationBytes));
  return causes;
}

function validateOwners(owners: NonNullable<KubeObject['metadata']['ownerReferences']>): StatusCause[] {
  const causes: StatusCause[] = [];
  for (const owner of owners) {
    for (const part of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      const why = part === 'apiVersion' ? 'version must not be empty' : 'must not be empty';
      if (!owner[part]) causes.push(invalidValue(`metadata.ownerReferences.${part}`, '', why));
    }
  }
  const [first, second] = owners
    .filter(({ controller }) => controller === true)
    .map(({ kind, name }) => [kind, name].join('/'));
  if (second !== undefined) {
    const why = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`;
    causes.push(invalidValue('metadata.ownerReferences', owners, why));
  }
  return causes;
}

/** What an update may not do to the metadata. */
export function validateMetadataUpdate(next: KubeObject, previous: KubeObject): StatusCause[] {
  const causes: StatusCause[] = [];
  const { uid, deletionTimestamp, finalizers = [] } = previous.metadata;
  if (next.metadata.uid !== uid) causes.push(immutable('metadata.uid', next.metadata.uid));
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !finalizers.includes(finalizer));
  if (deletionTimestamp !== undefined && added.length > 0) {
    const names = added.map((name) => JSON.stringify(name)).join(', ');
    const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${names}}`;
    causes.push(forbiddenField('metadata.finalizers', why));
  }
  return causes;
}
