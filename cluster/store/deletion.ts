import { type KubeObject, isOver, mutableCopy, timestamp } from './object.js';
import { resourceNamed, resourceOf } from './resources.js';
import { conflict } from './status-error.js';
import type { Store } from './store.js';

/** metav1.DeleteOptions, as far as it is honoured. */
export interface DeleteOptions {
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined;
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  /** Nothing is written; the object comes back as it would be. */
  dryRun?: boolean;
}

const orphanFinalizer = 'orphan';
const foregroundFinalizer = 'foregroundDeletion';
const defaultGraceSeconds = 30;

/**
 * Deletes as the API does, for clients and controllers alike. Pods that may still run get a deletion time and go only
 * when their node deletes them with a grace period of 0; finalizers hold every kind; what happens to dependents is
 * left to the garbage collector through the finalizers `orphan` and `foregroundDeletion`. Jobs orphan their pods
 * unless the policy says otherwise. Returns the object as it is now, or was last; undefined when the one that the caller has seen was
 * gone already. Throws Conflict when a precondition does not hold.
 */
export function deleteObject(store: Store, seen: KubeObject, options: DeleteOptions = {}): KubeObject | undefined {
  const current = store.current(seen);
  if (current === undefined) return undefined;
  const resource = resourceOf(current);
  checkPreconditions(resource, current, options.preconditions);
  const finalizers = finalizersFor(resource, current, options);
  if (isRemovedAtOnce(resource, current, finalizers)) return options.dryRun ? current : store.remove(current);
  const draft = mutableCopy(current);
  const { metadata } = draft;
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  const grace = resource === 'pods' ? podGraceSeconds(draft, options.gracePeriodSeconds) : 0;
  const left = metadata.deletionGracePeriodSeconds;
  if (metadata.deletionTimestamp === undefined) {
    metadata.deletionTimestamp = timestamp(new Date(Date.now() + grace * 1000));
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined) metadata.generation += 1;
  } else if (resource === 'pods' && options.gracePeriodSeconds !== undefined && left !== undefined && grace < left) {
    // A shorter grace counts from when the deletion was asked for first.
    metadata.deletionTimestamp = timestamp(new Date(Date.parse(metadata.deletionTimestamp) - (left - grace) * 1000));
    metadata.deletionGracePeriodSeconds = grace;
  }
  if (resource === 'namespaces') draft.status = { ...draft.status, phase: 'Terminating' };
  return options.dryRun ? draft : store.replace(current, draft);
}

/** Pods show that they are being deleted even if nothing holds them; other kinds are just gone. */
function isRemovedAtOnce(resource: string, { metadata }: KubeObject, finalizers: readonly string[]): boolean {
  return (
    resource !== 'pods' &&
    resource !== 'namespaces' &&
    finalizers.length === 0 &&
    metadata.deletionTimestamp === undefined
  );
}

function checkPreconditions(
  resource: string,
  { metadata }: KubeObject,
  { uid, resourceVersion }: NonNullable<DeleteOptions['preconditions']> = {},
): void {
  const { kind, group } = resourceNamed(resource);
  const check = (what: string, wanted: string | undefined, found: string, might: string): void => {
    if (wanted === undefined || wanted === found) return;
    const why =
      `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). ` +
      `The object might have been ${might}`;
    throw conflict({ name: kind, group }, metadata.name, why);
  };
  check('UID', uid, metadata.uid, 'deleted and then recreated');
  check('ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified');
}

function finalizersFor(resource: string, { metadata }: KubeObject, options: DeleteOptions): string[] {
  const present = metadata.finalizers ?? [];
  const others = present.filter((finalizer) => finalizer !== orphanFinalizer && finalizer !== foregroundFinalizer);
  const policy = options.propagationPolicy;
  if (policy === 'Orphan') return [...others, orphanFinalizer];
  if (policy === 'Foreground') return [...others, foregroundFinalizer];
  if (policy === 'Background') return others;
  if (others.length < present.length) return [...present];
  return resource === 'jobs' ? [...others, orphanFinalizer] : others;
}

/** A pod that has no process (not bound, or ended) needs no time to stop. */
function podGraceSeconds(pod: KubeObject, asked: number | undefined): number {
  if (!pod.spec?.nodeName || isOver(pod)) return 0;
  // 0 from a client means "at once"; the node reports the end of a pod in the same way.
  return Math.max(0, asked ?? pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds);
}
