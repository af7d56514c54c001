/** What makes a submission happen once: ids that follow from the request, and a fingerprint of what was asked for. */

import { createHash } from 'node:crypto';
import { invalidArgument } from './errors.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 8;

/** The task id of this user's request: the same for every repetition. 8 characters of [a-z0-9]. */
export function taskIdOf(user: string, requestId: string): string {
  return idFrom(['task', user, requestId]);
}

/** The volume id of this user's volume of that name: two creations meet at the same object. */
export function volumeIdOf(user: string, name: string): string {
  return idFrom(['volume', user, name]);
}

function idFrom(parts: readonly string[]): string {
  return idOf(createHash('sha256').update(JSON.stringify(parts)).digest());
}

/** The id that bytes stand for, of which the first eight count: 8 characters of [a-z0-9]. */
export function idOf(bytes: Buffer): string {
  let rest = bytes.readBigUInt64BE();
  let id = '';
  for (let i = 0; i < ID_LENGTH; i += 1) {
    id += ALPHABET[Number(rest % 36n)];
    rest /= 36n;
  }
  return id;
}

/** Of what is asked for again and again, such as a task whose text is kept. */
const fingerprints = new WeakMap<object, string>();

/** Hash of what was asked for, which does not change any more: equal for requests that ask for the same. */
export function fingerprintOf(asked: object): string {
  const known = fingerprints.get(asked);
  if (known !== undefined) return known;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(sorted(asked)))
    .digest('base64url');
  fingerprints.set(asked, fingerprint);
  return fingerprint;
}

/** The same with sorted keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== 'object') return value;
  // Without a prototype, whose name would be a key like no other.
  const result = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(value).toSorted()) result[key] = sorted((value as Record<string, unknown>)[key]);
  return result;
}

/** Checks a request id: at most 128 printable ASCII characters. */
export function checkRequestId(requestId: string): void {
  if (requestId.length > 128 || !/^[\x21-\x7e]*$/.test(requestId)) {
    throw invalidArgument(
      'request_id',
      'must be at most 128 printable ASCII characters without spaces, a UUID for example',
    );
  }
}
