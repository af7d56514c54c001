/** Deleting the object that is meant, and never another one that has its name by now. */

import { hasCode } from './errors.js';

/** Body of a DELETE that removes the object of this uid, and in the background what it owns; with a revision only as it was then. */
export function deletionOf(uid: string, resourceVersion?: string): object {
  return { propagationPolicy: 'Background', preconditions: { uid, resourceVersion } };
}

/** Whether a DELETE failed because the object is not there any more, be it that another one has its name. */
export function isGone(error: unknown): boolean {
  return hasCode(error, 404) || hasCode(error, 409);
}
