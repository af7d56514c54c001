/** A place in the text of a task file; both count from 1. */
interface Position {
  line: number;
  column: number;
}

/** Where a node stands; undefined when the task did not come as text. */
export type At = Position | undefined;

/**
 * One value of a task file with its YAML 1.1 type and its place. Integers and floats stay apart because `1` and `1.0` are
 * different texts to Python, and integers are bigints because they may be long. A `date` holds Python's spelling of it.
 */
export type TreeNode =
  | { kind: 'null'; at: At }
  | { kind: 'bool'; value: boolean; at: At }
  | { kind: 'int'; value: bigint; at: At }
  | { kind: 'float'; value: number; at: At }
  | { kind: 'date'; value: string; at: At }
  | { kind: 'string'; value: string; at: At }
  | { kind: 'list'; items: readonly TreeNode[]; at: At }
  | MapNode;

/** A mapping; its keys are unique and in the order of the text. */
export interface MapNode {
  kind: 'map';
  entries: readonly Entry[];
  at: At;
}

/** One key with its value. `key` is what Python's str() makes of it; `written` is the spelling in the text. */
export interface Entry {
  key: string;
  written: string;
  keyAt: At;
  value: TreeNode;
}

/** Where something stands: the path of keys that leads to it, such as `resources.cpus`, and its place in the text. */
export interface Spot {
  path: string;
  at: At;
}

/** A node and where it stands. */
export interface Value extends Spot {
  node: TreeNode;
}

/** A value of a mapping with its key; see Entry. */
export interface Child extends Value {
  key: string;
  written: string;
  keySpot: Spot;
}

/** A node at a path. */
export function valueAt(path: string, node: TreeNode): Value {
  return { path, at: node.at, node };
}

/** The values of a mapping that stands at `path`. */
export function children(map: MapNode, path: string): Child[] {
  return map.entries.map(({ key, written, keyAt, value }) => {
    const childPath = joinPath(path, written);
    return { path: childPath, at: value.at, node: value, key, written, keySpot: { path: childPath, at: keyAt } };
  });
}

/** Where the key `name` of a task's `field` stands; without a place where it does not. */
export function keySpot(task: MapNode, field: string, name: string): Spot {
  const node = task.entries.find((entry) => entry.key === field)?.value;
  const entry = node?.kind === 'map' ? node.entries.find(({ key }) => key === name) : undefined;
  return { path: joinPath(field, name), at: entry?.keyAt };
}

/** Where the field with a path below `root` stands, or the last that leads to it. */
export function placeBelow(root: MapNode, field: string): { line: number | undefined; column: number | undefined } {
  let node: TreeNode = root;
  let path = '';
  let at: At;
  while (node.kind === 'map') {
    const next: Child | undefined = children(node, path).find(
      (child) => child.path === field || field.startsWith(`${child.path}.`),
    );
    if (next === undefined) break;
    at = next.path === field ? next.at : next.keySpot.at;
    ({ node, path } = next);
  }
  return { line: at?.line, column: at?.column };
}

/** The path of `key` below `path`; keys that are not plain words are quoted and shortened. */
export function joinPath(path: string, key: string): string {
  const shown = /^[\w./:-]{1,80}$/.test(key) ? key : quote(key);
  return path === '' ? shown : `${path}.${shown}`;
}

/** A text in double quotes, at most 40 characters of it, with everything escaped that could change a terminal's state. */
export function quote(text: string): string {
  const cut = shorten(text, 40);
  const shown = visible(JSON.stringify(cut));
  return cut.length < text.length ? `${shown.slice(0, -1)}…"` : shown;
}

/** One line of at most `limit` characters without anything that could change a terminal's state. */
export function visible(text: string, limit = Number.POSITIVE_INFINITY): string {
  const cut = limit < text.length ? `${shorten(text, limit)}…` : text;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

// Cuts between characters, never inside of one.
function shorten(text: string, limit: number): string {
  return Array.from(text.slice(0, limit * 2))
    .slice(0, limit)
    .join('');
}

/** What a node is, for messages: a short literal for scalars, "a list" or "a mapping" for the rest. */
export function describe(node: TreeNode): string {
  if (node.kind === 'null') return 'nothing';
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'string') return quote(node.value);
  const whole = node.kind === 'float' && Number.isInteger(node.value);
  const text = whole ? node.value.toFixed(1) : String(node.value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
