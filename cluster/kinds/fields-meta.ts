import { type Fields, type Schema, all, any, bool, listOf, mapOf, object, quantity, text } from './schema.js';

const ownerReference = object('OwnerReference', {
  ...all('text', 'apiVersion kind name uid'),
  ...all('bool', 'controller blockOwnerDeletion'),
});

/** metav1.ObjectMeta. What the API sets itself is known here and overwritten or dropped elsewhere. */
export const objectMeta = object('ObjectMeta', {
  ...all('text', 'name generateName namespace uid resourceVersion selfLink'),
  ...all('time', 'creationTimestamp deletionTimestamp'),
  ...all('count', 'generation deletionGracePeriodSeconds'),
  labels: mapOf(text),
  annotations: mapOf(text),
  ownerReferences: listOf(ownerReference, 'uid'),
  finalizers: listOf(text, ''),
  managedFields: any,
});

/** Amounts by resource name. */
export const resourceList = mapOf(quantity);

/** core/v1 ResourceRequirements, also of claims. */
export const resourceRequirements = object('ResourceRequirements', {
  requests: resourceList,
  limits: resourceList,
  ...all('refused', 'claims'),
});

/** An object of a kind: type, metadata and the fields given. A status is what the cluster itself has written. */
export function kindFields(kind: string, fields: Readonly<Record<string, Schema>>): Fields {
  return object(kind, { ...all('text', 'apiVersion kind'), metadata: objectMeta, status: any, ...fields });
}

/** The reference to a key of a ConfigMap or Secret, or to all of it. */
export const reference = object('Reference', { ...all('text', 'name key'), optional: bool });
