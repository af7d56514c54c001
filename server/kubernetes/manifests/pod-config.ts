/** Merging what a task file says about its pods into what they are anyway. */

import type { JsonObject } from '../../../taskfile/task-spec.js';

/** A pod's spec, or any part of it. */
export type PodSpec = Record<string, unknown>;

/**
 * `own` with `extra` merged into it: mappings are merged, null removes, single values replace. Lists are put together, `extra`'s
 * first so that ours win where names clash; only the first container of `extra` counts, and it is merged into ours.
 */
export function merged(own: PodSpec, extra: JsonObject): PodSpec {
  const result: PodSpec = { ...own };
  for (const [key, value] of Object.entries(extra)) {
    const before = result[key];
    if (value === null) delete result[key];
    else if (key === 'containers' && Array.isArray(before) && Array.isArray(value)) {
      const [container, ...others] = before as PodSpec[];
      const [first] = value as JsonObject[];
      const { name: _, ...rest } = first ?? {};
      result[key] = [merged(container ?? {}, rest), ...others];
    } else if (Array.isArray(value)) result[key] = [...value, ...(Array.isArray(before) ? before : [])];
    else if (typeof value === 'object') result[key] = merged(isObject(before) ? before : {}, value as JsonObject);
    else result[key] = value;
  }
  return result;
}

function isObject(value: unknown): value is PodSpec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
