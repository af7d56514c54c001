import { pythonStr } from './python-str.js';
import type { TreeNode } from './tree.js';

/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A mapping as JSON has it. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A node as a plain value, for what is passed on as it is; dates become text, and so do numbers that JSON lacks. */
export function plainValue(node: TreeNode): Json {
  switch (node.kind) {
    case 'null':
      return null;
    case 'bool':
    case 'string':
    case 'date':
      return node.value;
    case 'int':
      return Number.isSafeInteger(Number(node.value)) ? Number(node.value) : node.value.toString();
    case 'float':
      return Number.isFinite(node.value) ? node.value : (pythonStr(node) ?? null);
    case 'list':
      return node.items.map(plainValue);
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
  }
}
