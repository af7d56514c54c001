import { forbiddenField } from '../kinds/causes.js';
import { StatusError, badRequest, invalidOptions } from '../store/status-error.js';

/** The 410 of a version that is forgotten; `token` continues the list all the same. */
export function expired(message: string, token?: string): StatusError {
  return new StatusError(410, 'Expired', message, undefined, token === undefined ? {} : { continue: token });
}

/** The 422 of list options that do not go together. */
export function forbiddenOption(field: string, why: string): StatusError {
  return invalidOptions('ListOptions', [forbiddenField(field, why)]);
}

/**
 * The `resourceVersion` parameter as a number; undefined when it is missing. Throws BadRequest for other text and the
 * 504 for a version that is not there yet.
 */
export function requestedVersion(query: URLSearchParams, current: number): number | undefined {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    const quoted = JSON.stringify(text);
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
    );
  }
  const version = Number(text);
  if (version > current) {
    throw new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${version}, current: ${current}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    });
  }
  return version;
}
