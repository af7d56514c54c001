import { any, bool, count, int, listOf, mapOf, object, quantity, text, texts, time } from './schema.js';

const ownerReference = object('OwnerReference', {
  ...texts('apiVersion', 'kind', 'name', 'uid'),
  controller: bool,
  blockOwnerDeletion: bool,
});

/** metav1.ObjectMeta. What the API sets itself is known here and overwritten or dropped elsewhere. */
export const objectMeta = object('ObjectMeta', {
  ...texts('name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'selfLink'),
  generation: count,
  creationTimestamp: time,
  deletionTimestamp: time,
  deletionGracePeriodSeconds: int,
  labels: mapOf(text),
  annotations: mapOf(text),
  ownerReferences: listOf(ownerReference, 'uid'),
  finalizers: listOf(text, ''),
  managedFields: any,
});

/** metav1.LabelSelector. */
export const labelSelector = object('LabelSelector', {
  matchLabels: mapOf(text),
  matchExpressions: listOf(object('LabelSelectorRequirement', { ...texts('key', 'operator'), values: listOf(text) })),
});

/** The conditions of Pods, Jobs, claims and the rest, one per type. */
export const conditions = listOf(
  object('Condition', {
    ...texts('type', 'status', 'reason', 'message'),
    lastProbeTime: time,
    lastTransitionTime: time,
    lastHeartbeatTime: time,
    observedGeneration: count,
  }),
  'type',
);

/** Amounts by resource name. */
export const resourceList = mapOf(quantity);

/** core/v1 ResourceRequirements, also of claims. */
export const resourceRequirements = object('ResourceRequirements', {
  requests: resourceList,
  limits: resourceList,
  claims: listOf(object('ResourceClaim', texts('name', 'request')), 'name'),
});

/** An object of a kind: type, metadata and the fields given. */
export function kindFields(kind: string, fields: Parameters<typeof object>[1]): ReturnType<typeof object> {
  return object(kind, { ...texts('apiVersion', 'kind'), metadata: objectMeta, ...fields });
}
