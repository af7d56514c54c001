/** What is different between two tasks, field by field, in the words of a task file. */

import type { TaskSpec } from '../../taskfile/task-spec.js';
import type { FieldViolation } from './errors.js';

/** Fields that a task file calls by another name than the camel case of it. */
const NAMES: Readonly<Record<string, string>> = {
  alternatives: 'resources.any_of',
  secretNames: 'secrets',
  hasRegistryLogin: 'login of the registry',
  kubernetes: 'config.kubernetes',
  timeoutSeconds: 'timeout',
};
/** Scripts can be long: so much of the end that differs is shown. */
const MAX_SHOWN = 60;

/** The fields in which a task is not as an earlier one, each with both values. */
export function differences(earlier: TaskSpec, now: TaskSpec): FieldViolation[] {
  return Object.keys({ ...earlier, ...now }).flatMap((key) => {
    // Which of the alternatives was taken is the cluster's doing, not the user's.
    if (key === 'resources' && earlier.alternatives.length > 0 && now.alternatives.length > 0) return [];
    const field = key as keyof TaskSpec;
    return different(NAMES[key] ?? snakeCase(key), earlier[field], now[field]);
  });
}

function different(field: string, earlier: unknown, now: unknown): FieldViolation[] {
  if (isMap(earlier) && isMap(now)) {
    const names = field === 'envs' ? (key: string): string => key : snakeCase;
    return Object.keys({ ...earlier, ...now }).flatMap((key) =>
      different(`${field}.${names(key)}`, earlier[key], now[key]),
    );
  }
  if (canonical(earlier) === canonical(now)) return [];
  return [{ field, description: `${field} was ${shown(earlier, now)} and is ${shown(now, earlier)} now` }];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The record has what JSON has: what is undefined is missing there. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** A value, of a long one the part from shortly before where it differs. */
function shown(value: unknown, other: unknown): string {
  const text = canonical(value);
  if (text === undefined || text === 'null') return 'not set';
  if (text.length <= MAX_SHOWN) return text;
  const against = canonical(other) ?? '';
  let same = 0;
  while (same < text.length && text[same] === against[same]) same += 1;
  const from = Math.max(0, Math.min(same - MAX_SHOWN / 3, text.length - MAX_SHOWN));
  const part = text.slice(from, from + MAX_SHOWN);
  return `${from > 0 ? '…' : ''}${part}${from + MAX_SHOWN < text.length ? '…' : ''}`;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
