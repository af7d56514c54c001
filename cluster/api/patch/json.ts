import { type Operation, applyPatch } from 'rfc6902';
import { StatusError, badRequest } from '../../store/status-error.js';

const maxOperations = 10_000;

/** Applies a JSON patch (RFC 6902); throws BadRequest for what is none and Invalid (422) when it does not fit. */
export function jsonPatch(target: Record<string, unknown>, patch: unknown): Record<string, unknown> {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  if (patch.length > maxOperations) {
    const why = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`;
    throw new StatusError(413, 'RequestEntityTooLarge', why);
  }
  const document = structuredClone(target);
  if (!fits(document, patch)) {
    // The API does not say which operation failed.
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
  return document;
}

/** What the library would take for another place than it names. */
const unreadable = /\/__proto__(\/|$)|\/(constructor|prototype)\//;

/** Applies all of it; false when an operation does not fit. */
function fits(document: Record<string, unknown>, patch: Operation[]): boolean {
  try {
    const paths = patch.flatMap((operation) =>
      'from' in operation ? [operation.from, operation.path] : operation.path,
    );
    if (paths.some((path) => unreadable.test(path))) return false;
    return applyPatch(document, patch).every((error) => error === null);
  } catch {
    // It is no operation, or its path is none.
    return false;
  }
}
