import type { Entry, MapNode, TreeNode } from './tree.js';

/** What is said about a task when it is submitted, and wins over what its file says. */
export interface Overrides {
  readonly envs?: Readonly<Record<string, string>> | undefined;
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  readonly name?: string | undefined;
  readonly numNodes?: number | undefined;
  readonly cpus?: string | undefined;
  readonly memory?: string | undefined;
  readonly accelerators?: string | undefined;
  readonly image?: string | undefined;
}

/** The task as the overrides make it; each takes the way of what stands in the file, so bad ones are refused there. */
export function applyOverrides(task: MapNode, overrides: Overrides): MapNode {
  const { name, numNodes, envs = {}, secrets = {} } = overrides;
  const own = { name: text(name), num_nodes: numNodes === undefined ? undefined : number(numNodes) };
  const resources = {
    cpus: text(overrides.cpus),
    memory: text(overrides.memory),
    accelerators: text(overrides.accelerators),
    image_id: text(overrides.image),
  };
  const variables = merged(merged(withValues(task, own), 'envs', texts(envs)), 'secrets', texts(secrets));
  return merged(variables, 'resources', resources, (node) => withoutInChoices(node, resources));
}

const FIELDS: Readonly<Record<string, { readonly option: keyof Overrides; readonly named: string }>> = {
  name: { option: 'name', named: 'name' },
  num_nodes: { option: 'numNodes', named: 'num_nodes' },
  'resources.cpus': { option: 'cpus', named: 'cpus' },
  'resources.memory': { option: 'memory', named: 'memory' },
  'resources.accelerators': { option: 'accelerators', named: 'accelerators' },
  'resources.image_id': { option: 'image', named: 'image_id' },
};

/** What a field of the task is called in messages: `overrides.cpus` where an override is what it says, else as it is. */
export function nameOfField(field: string, overrides: Overrides): string {
  const { option, named } = (Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined) ?? {};
  if (option !== undefined) return overrides[option] === undefined ? field : `overrides.${named}`;
  const [kind = '', ...rest] = field.split('.');
  if (kind !== 'envs' && kind !== 'secrets') return field;
  return Object.hasOwn(overrides[kind] ?? {}, rest.join('.')) ? `overrides.${field}` : field;
}

type Values = Readonly<Record<string, TreeNode | undefined>>;

/** The task with values in the mapping that is its `field`; one that is something else is left for its reader to refuse. */
function merged(task: MapNode, field: string, values: Values, before = (node: MapNode): MapNode => node): MapNode {
  if (Object.values(values).every((value) => value === undefined)) return task;
  const present = task.entries.find((entry) => entry.key === field)?.value;
  if (present !== undefined && present.kind !== 'map' && present.kind !== 'null') return task;
  const map: MapNode = present?.kind === 'map' ? present : { kind: 'map', entries: [], at: undefined };
  const value = withValues(before(map), values);
  if (present === undefined) return withValues(task, { [field]: value });
  return { ...task, entries: task.entries.map((entry) => (entry.key === field ? { ...entry, value } : entry)) };
}

function withValues(map: MapNode, values: Values): MapNode {
  const given = Object.entries(values).flatMap(([key, value]): Entry[] =>
    value === undefined ? [] : [{ key, written: key, keyAt: undefined, value }],
  );
  const names = new Set(given.map(({ key }) => key));
  return { ...map, entries: [...map.entries.filter(({ key }) => !names.has(key)), ...given] };
}

/** An override wins over every alternative too. */
function withoutInChoices(resources: MapNode, overridden: Values): MapNode {
  const strip = (node: TreeNode): TreeNode =>
    node.kind === 'map' ? { ...node, entries: node.entries.filter(({ key }) => overridden[key] === undefined) } : node;
  const entries = resources.entries.map((entry) =>
    (entry.key === 'any_of' || entry.key === 'ordered') && entry.value.kind === 'list'
      ? { ...entry, value: { ...entry.value, items: entry.value.items.map(strip) } }
      : entry,
  );
  return { ...resources, entries };
}

function texts(values: Readonly<Record<string, string>>): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value)]));
}

function text(value: string | undefined): TreeNode | undefined {
  return value === undefined ? undefined : { kind: 'string', value, at: undefined };
}

function number(value: number): TreeNode {
  return Number.isSafeInteger(value)
    ? { kind: 'int', value: BigInt(value), at: undefined }
    : { kind: 'float', value, at: undefined };
}
