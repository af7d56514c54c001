import type { ListOf, Schema } from '../../kinds/schema.js';
import { badRequest } from '../../store/status-error.js';
import { isObject } from '../../store/object.js';
import { mergePatch } from './merge.js';

const directive = '$patch';

/**
 * Applies a strategic merge patch: like a merge patch, but the items of lists with a merge key are merged one by one.
 * The directives `$patch` (delete, replace), `$deleteFromPrimitiveList` and `$setElementOrder` are honoured.
 */
export function strategicPatch(schema: Schema, target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  if (schema.type !== 'object' && schema.type !== 'map') return withoutDirectives(mergePatch(target, patch));
  if (patch[directive] === 'replace') return withoutDirectives(patch);
  if (patch[directive] === 'delete') return {};
  if (patch[directive] !== undefined && patch[directive] !== 'merge') throw unknownDirective(patch[directive]);
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$')) continue;
    const field = fieldSchema(schema, name);
    if (value === null) delete result[name];
    else if (Array.isArray(value) && field?.type === 'list') result[name] = mergeList(field, result[name], value);
    else if (field === undefined) result[name] = mergePatch(result[name], value);
    else result[name] = strategicPatch(field, result[name], value);
  }
  followDirectives(schema, result, patch);
  return result;
}

function fieldSchema(schema: Schema, name: string): Schema | undefined {
  if (schema.type === 'map') return schema.values;
  return schema.type === 'object' && Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
}

function mergeList(schema: ListOf, target: unknown, patch: readonly unknown[]): unknown[] {
  const { mergeKey, items } = schema;
  const current: unknown[] = Array.isArray(target) ? [...target] : [];
  if (mergeKey === undefined) return patch.map(withoutDirectives);
  if (mergeKey === '') return [...new Set([...patch, ...current])];
  const changes = patch.filter((item) => !isReplaceAll(item));
  let merged = changes.length === patch.length ? current : [];
  for (const item of changes) {
    if (!isObject(item)) throw badRequest(`a patch of a list of objects has an item that is no object`);
    const key = item[mergeKey];
    if (key === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    }
    const place = merged.findIndex((other) => isObject(other) && other[mergeKey] === key);
    if (item[directive] === 'delete') merged = merged.filter((_, index) => index !== place);
    else if (place === -1) merged.push(withoutDirectives(item));
    else merged[place] = strategicPatch(items, merged[place], item);
  }
  return merged;
}

/** An item `{$patch: replace}` says that the list of the patch replaces the whole. */
function isReplaceAll(item: unknown): boolean {
  return isObject(item) && item[directive] === 'replace';
}

/** Follows the directives that are beside a list, for it. */
function followDirectives(schema: Schema, result: Record<string, unknown>, patch: Record<string, unknown>): void {
  for (const [name, given] of Object.entries(patch)) {
    const [, what, field = ''] = /^\$(deleteFromPrimitiveList|setElementOrder)\/(.*)$/.exec(name) ?? [];
    const current = result[field];
    if (what === undefined || !Array.isArray(current) || !Array.isArray(given)) continue;
    const isOrder = what === 'setElementOrder';
    const list = fieldSchema(schema, field);
    result[field] = isOrder ? inOrder(current, given, list) : current.filter((item) => !given.includes(item));
  }
}

function inOrder(current: unknown[], order: readonly unknown[], schema: Schema | undefined): unknown[] {
  const mergeKey = (schema?.type === 'list' && schema.mergeKey) || '';
  const identity = (item: unknown) => (mergeKey !== '' && isObject(item) ? item[mergeKey] : item);
  const wanted = order.map(identity);
  const place = (item: unknown) => {
    const index = wanted.indexOf(identity(item));
    // What the order does not name was added by somebody else and stays behind the rest.
    return index === -1 ? wanted.length : index;
  };
  return current.toSorted((a, b) => place(a) - place(b));
}

function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isReplaceAll(item)).map(withoutDirectives);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([name, field]) => !name.startsWith('$') && field !== null);
  return Object.fromEntries(entries.map(([name, field]) => [name, withoutDirectives(field)]));
}

function unknownDirective(value: unknown): Error {
  return badRequest(`Unknown patch type found: ${JSON.stringify(value)}`);
}
