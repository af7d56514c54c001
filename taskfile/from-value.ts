import { joinPath, type TreeNode } from './tree.js';

/** A plain value as a tree, or the path of what cannot stand in a task and why. */
type TreeResult = { ok: true; tree: TreeNode } | { ok: false; path: string; message: string };

const MAX_DEPTH = 32;
const MAX_NODES = 50_000;

/** A JavaScript value as JSON gives it, as the same tree that a YAML text gives, without places; bounded in depth and size. */
export function fromValue(value: unknown): TreeResult {
  let left = MAX_NODES;
  let failure: { path: string; message: string } | undefined;

  const fail = (path: string, message: string): TreeNode => {
    failure ??= { path, message };
    return { kind: 'null', at: undefined };
  };

  const convert = (item: unknown, path: string, depth: number): TreeNode => {
    left -= 1;
    if (left < 0) return fail('', `has more than ${MAX_NODES} values`);
    if (depth > MAX_DEPTH) return fail(path, `is nested more than ${MAX_DEPTH} levels deep`);
    if (item === null || item === undefined) return { kind: 'null', at: undefined };
    if (typeof item === 'string') return { kind: 'string', value: item, at: undefined };
    if (typeof item === 'boolean') return { kind: 'bool', value: item, at: undefined };
    if (typeof item === 'bigint') return { kind: 'int', value: item, at: undefined };
    if (typeof item === 'number') {
      if (Number.isSafeInteger(item)) return { kind: 'int', value: BigInt(item), at: undefined };
      return { kind: 'float', value: item, at: undefined };
    }
    if (Array.isArray(item)) {
      const items: TreeNode[] = [];
      for (const [index, element] of item.entries()) {
        if (failure !== undefined) break;
        items.push(convert(element, joinPath(path, String(index)), depth + 1));
      }
      return { kind: 'list', items, at: undefined };
    }
    if (typeof item === 'object') {
      const entries = [];
      for (const [key, element] of Object.entries(item)) {
        if (failure !== undefined) break;
        const node = convert(element, joinPath(path, key), depth + 1);
        entries.push({ key, written: key, keyAt: undefined, value: node });
      }
      return { kind: 'map', entries, at: undefined };
    }
    return fail(path, `a ${typeof item} cannot stand in a task`);
  };

  const tree = convert(value, '', 0);
  return failure === undefined ? { ok: true, tree } : { ok: false, ...failure };
}
