import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../store/object.js';
import type { StatusCause } from '../store/status-error.js';
import { broken, forbiddenField, tooLong } from './causes.js';
import { dataKey } from './names.js';

const maxBytes = 1024 * 1024;

/** The rules that ConfigMaps and Secrets share: how keys look, and how much there may be. Values are base64 but in `plainField`. */
export function validateEntries(object: KubeObject, fields: readonly string[], plainField?: string): StatusCause[] {
  let size = 0;
  const causes = fields.flatMap((field) =>
    Object.entries<string>(object[field] ?? {}).flatMap(([key, value]) => {
      size += Buffer.byteLength(value, field === plainField ? 'utf8' : 'base64');
      return broken(`${field}[${key}]`, key, dataKey);
    }),
  );
  return size > maxBytes ? [...causes, tooLong(plainField === undefined ? 'data' : '[]', maxBytes)] : causes;
}

/** What may not change once the object says that it is immutable. */
export function validateImmutable(next: KubeObject, previous: KubeObject, fields: readonly string[]): StatusCause[] {
  if (previous['immutable'] !== true) return [];
  return ['immutable', ...fields]
    .filter((field) => !isDeepStrictEqual(next[field], previous[field]))
    .map((field) => forbiddenField(field, 'field is immutable when `immutable` is set'));
}
