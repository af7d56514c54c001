import { pythonStr } from './python-str.js';
import type { Entry, MapNode, TreeNode } from './tree.js';

const FIELDS = new Set(['workdir', 'volumes']);
const VARIABLE = /\$\{?\b([a-zA-Z_][a-zA-Z0-9_]*)\b\}?/g;
// Replacing may multiply a text's length; paths and volume names need no more than this.
const MAX_LENGTH = 4096;

/**
 * The task with `$NAME` and `${NAME}` in the keys and values of workdir and volumes replaced from its envs, as SkyPilot does. Names
 * that envs lacks stay as they are; setup and run are left to the shell.
 */
export function substituteEnvs(task: MapNode): MapNode {
  const envs = new Map<string, string>();
  const source = task.entries.find((entry) => entry.key === 'envs')?.value;
  for (const entry of source?.kind === 'map' ? source.entries : []) {
    const text = pythonStr(entry.value);
    if (text !== undefined) envs.set(entry.key, text);
  }
  const entries = task.entries.map((entry) =>
    FIELDS.has(entry.key) ? { ...entry, value: inNode(entry.value, envs) } : entry,
  );
  return { ...task, entries };
}

function inNode(node: TreeNode, envs: ReadonlyMap<string, string>): TreeNode {
  if (node.kind === 'string') return { ...node, value: inText(node.value, envs) };
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => inNode(item, envs)) };
  if (node.kind !== 'map') return node;
  return { ...node, entries: node.entries.map((entry) => inEntry(entry, envs)) };
}

function inEntry(entry: Entry, envs: ReadonlyMap<string, string>): Entry {
  const key = inText(entry.key, envs);
  return { ...entry, key, written: key === entry.key ? entry.written : key, value: inNode(entry.value, envs) };
}

function inText(text: string, envs: ReadonlyMap<string, string>): string {
  if (text.length > MAX_LENGTH) return text;
  const replaced = text.replace(VARIABLE, (whole, name: string) => envs.get(name)?.slice(0, MAX_LENGTH) ?? whole);
  return replaced.length > MAX_LENGTH ? text : replaced;
}
