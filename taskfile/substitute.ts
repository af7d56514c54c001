import { REGISTRY_LOGIN } from './fields/envs.js';
import { pythonStr } from './python-str.js';
import type { Report } from './report.js';
import type { Entry, MapNode, Spot, TreeNode } from './tree.js';

const FIELDS = new Set(['workdir', 'volumes']);
const VARIABLE = /\$\{?\b([a-zA-Z_][a-zA-Z0-9_]*)\b\}?/g;
// Replacing may multiply a text's length; paths and volume names need no more than this.
const MAX_LENGTH = 4096;

/**
 * The task with `$NAME` and `${NAME}` in the keys and values of workdir and volumes replaced from its envs, as SkyPilot does. Names
 * that envs lacks stay as they are; setup and run are left to the shell. A path that names a secret is refused: it would stand
 * where everybody can read it.
 */
export function substituteEnvs(task: MapNode, report: Report): MapNode {
  const envs = new Map<string, string>();
  for (const entry of entriesOf(task, 'envs')) {
    const text = pythonStr(entry.value);
    if (text !== undefined && !REGISTRY_LOGIN.has(entry.key)) envs.set(entry.key, text);
  }
  const secrets = new Set(entriesOf(task, 'secrets').map(({ key }) => key));
  for (const name of REGISTRY_LOGIN) secrets.add(name);
  for (const entry of task.entries) if (FIELDS.has(entry.key)) refuseSecrets(entry.value, entry.key, secrets, report);
  const entries = task.entries.map((entry) =>
    FIELDS.has(entry.key) ? { ...entry, value: inNode(entry.value, envs) } : entry,
  );
  return { ...task, entries };
}

function entriesOf(task: MapNode, field: string): readonly Entry[] {
  const node = task.entries.find((entry) => entry.key === field)?.value;
  return node?.kind === 'map' ? node.entries : [];
}

function refuseSecrets(node: TreeNode, path: string, secrets: ReadonlySet<string>, report: Report): void {
  if (node.kind === 'list') for (const item of node.items) refuseSecrets(item, path, secrets, report);
  if (node.kind === 'map') {
    for (const entry of node.entries) {
      refuseText(entry.key, { path, at: entry.keyAt }, secrets, report);
      refuseSecrets(entry.value, path, secrets, report);
    }
  }
  if (node.kind === 'string') refuseText(node.value, { path, at: node.at }, secrets, report);
}

function refuseText(text: string, spot: Spot, secrets: ReadonlySet<string>, report: Report): void {
  const name = [...text.matchAll(VARIABLE)].map((match) => match[1] ?? '').find((match) => secrets.has(match));
  if (name === undefined) return;
  report.refuse(
    spot,
    `names the secret ${name}, which would stand there for everybody to read`,
    'move it to envs if it is none',
  );
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
