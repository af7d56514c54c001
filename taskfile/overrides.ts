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

type Values = Readonly<Record<string, TreeNode | undefined>>;

/** The task with values in the mapping that is its `field`; one that is something else is left for its reader to refuse. */
function merged(task: MapNode, field: string, values: Values, before = (node: MapNode): MapNode => node): MapNode {
  if (Object.values(values).every((value) => value === undefined)) return task;
  const present = task.entries.find((entry) => entry.key === field)?.value;
  if (present !== undefined && present.kind !== 'map' && present.kind !== 'null') return task;
  const map: MapNode = present?.kind === 'map' ? present : { kind: 'map', entries: [], at: undefined };
  return withValues(task, { [field]: withValues(before(map), values) });
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
