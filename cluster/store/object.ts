/** A reference from an object to the one that owns it (metav1.OwnerReference). */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** The metadata of every stored object (metav1.ObjectMeta without managedFields). Times are RFC 3339 in whole seconds, UTC. */
export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
}

/**
 * Any object of the API. The kinds differ too much for one static shape, and what comes from a client is checked
 * at the edge (kinds/), so the body below the metadata is deliberately loose.
 */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  spec?: any;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  status?: any;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  [field: string]: any;
}

/** What a caller gives to make an object: the store fills in the rest of the metadata. */
export type NewObject = Omit<KubeObject, 'metadata'> & {
  apiVersion: string;
  kind: string;
  metadata: Partial<ObjectMeta>;
};

/** Whether the value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep copy that may be changed; fields that are `undefined` are left out, as JSON would. */
export function mutableCopy<T>(value: T): T {
  return copy(value, false) as T;
}

/** A deep copy that throws on any attempt to change it; fields that are `undefined` are left out, as JSON would. */
export function frozenCopy<T>(value: T): T {
  return copy(value, true) as T;
}

function copy(value: unknown, freeze: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => copy(item, freeze));
    return freeze ? Object.freeze(items) : items;
  }
  const fields: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue;
    // A key such as "__proto__" in a client's JSON has to stay a plain field.
    if (name === '__proto__') Object.defineProperty(fields, name, { value: copy(field, freeze), enumerable: true });
    else fields[name] = copy(field, freeze);
  }
  return freeze ? Object.freeze(fields) : fields;
}

/** What an object has at a path such as `spec.nodeName`; undefined where there is nothing. */
export function valueAt(object: KubeObject, path: string): KubeObject['spec'] {
  return path.split('.').reduce<KubeObject['spec']>((value, name) => value?.[name], object);
}

/** The time as the API writes it: RFC 3339, whole seconds, UTC. */
export function timestamp(time: Date = new Date()): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** One of the conditions of a status. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  observedGeneration?: number;
  lastProbeTime?: string | null;
  lastTransitionTime?: string | undefined;
}

/** The condition of the type that the object's status has. */
export function conditionOf({ status }: Pick<KubeObject, 'status'>, type: string): Condition | undefined {
  const conditions: Condition[] = status?.conditions ?? [];
  return conditions.find((condition) => condition.type === type);
}

/** Whether the object's status has the condition, and it is true. */
export function hasCondition(object: Pick<KubeObject, 'status'>, type: string): boolean {
  return conditionOf(object, type)?.status === 'True';
}

/** A condition with its times: that of the last transition stays as long as its status does. */
export function timed(object: Pick<KubeObject, 'status'>, condition: Condition, now: Date = new Date()): Condition {
  const before = conditionOf(object, condition.type);
  const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : timestamp(now);
  return { lastProbeTime: null, ...condition, lastTransitionTime };
}

/** Whether the Job has come to its end: nothing is done for it any more. */
export function isFinished(job: Pick<KubeObject, 'status'>): boolean {
  return hasCondition(job, 'Complete') || hasCondition(job, 'Failed');
}

/** Whether the pod has come to its end. */
export function isOver({ status }: KubeObject): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** Takes the finalizer off a draft. */
export function removeFinalizer({ metadata }: KubeObject, finalizer: string): void {
  const rest = (metadata.finalizers ?? []).filter((other) => other !== finalizer);
  if (rest.length > 0) metadata.finalizers = rest;
  else delete metadata.finalizers;
}
