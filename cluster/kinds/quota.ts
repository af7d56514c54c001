import { type KubeObject, isOver } from '../store/object.js';
import { qualifiedName, resourceNamed, resources } from '../store/resources.js';
import { forbidden } from '../store/status-error.js';
import type { Store } from '../store/store.js';
import { addQuantities, compareQuantities } from './quantity.js';

/** Creations in a namespace with quotas run one after another, or two could take the last place. */
const turns = new WeakMap<Store, Map<string, Promise<unknown>>>();

/** Runs `create` unless the object would exceed a quota of its namespace; then throws Forbidden as the API words it. */
export async function withinQuota(
  store: Store,
  resource: string,
  object: KubeObject,
  create: () => Promise<KubeObject>,
): Promise<KubeObject> {
  const namespace = object.metadata.namespace;
  if (namespace === undefined || store.list('resourcequotas', namespace).length === 0) return create();
  const waiting = turns.get(store) ?? new Map<string, Promise<unknown>>();
  turns.set(store, waiting);
  const turn = (waiting.get(namespace) ?? Promise.resolve()).then(async () => {
    for (const quota of store.list('resourcequotas', namespace)) check(store, quota, resource, object);
    return create();
  });
  const settled = turn.catch(() => undefined);
  waiting.set(namespace, settled);
  void settled.then(() => {
    if (waiting.get(namespace) === settled) waiting.delete(namespace);
  });
  return turn;
}

function check(store: Store, quota: KubeObject, resource: string, object: KubeObject): void {
  const hard: Record<string, string> = quota.spec.hard ?? {};
  const requested = usageOf(resource, object);
  const { name, namespace } = quota.metadata;
  const definition = resourceNamed(resource);
  const missing = resource === 'pods' ? unspecified(object, Object.keys(hard)) : undefined;
  if (missing !== undefined) throw forbidden(definition, object.metadata.name, `failed quota: ${name}: ${missing}`);
  const used = namespaceUsage(store, namespace ?? '', Object.keys(hard));
  const exceeded = Object.keys(hard)
    .filter((item) => {
      const amount = requested[item];
      return (
        amount !== undefined && compareQuantities(addQuantities([used[item] ?? '0', amount]), hard[item] ?? '0') > 0
      );
    })
    .toSorted();
  if (exceeded.length === 0) return;
  const shown = (amounts: Record<string, string>) =>
    exceeded.map((item) => `${item}=${amounts[item] ?? '0'}`).join(',');
  throw forbidden(
    definition,
    object.metadata.name,
    `exceeded quota: ${name}, requested: ${shown(requested)}, used: ${shown(used)}, limited: ${shown(hard)}`,
  );
}

/** A quota on cpu or memory wants every container to say how much. */
function unspecified({ spec }: KubeObject, names: readonly string[]): string | undefined {
  const computed = names.filter((name) => /^(requests\.|limits\.)?(cpu|memory)$/.test(name)).toSorted();
  const missing = new Map<string, string[]>();
  for (const name of computed) {
    const part = name.startsWith('limits.') ? 'limits' : 'requests';
    const item = name.replace(/^(requests|limits)\./, '');
    const without = (spec.containers ?? []).filter(
      ({ resources }: KubeObject) => resources?.[part]?.[item] === undefined,
    );
    if (without.length > 0)
      missing.set(
        name,
        without.map((container: { name: string }) => container.name),
      );
  }
  if (missing.size === 0) return undefined;
  return `must specify ${[...missing].map(([name, containers]) => `${name} for: ${containers.join(',')}`).join('; ')}`;
}

/** What an object takes from quotas, by the names that quotas use. */
function usageOf(resource: string, object: KubeObject): Record<string, string> {
  const { spec } = object;
  const usage: Record<string, string> = { [`count/${qualifiedName(resourceNamed(resource))}`]: '1' };
  if (resource === 'persistentvolumeclaims') usage['requests.storage'] = spec.resources?.requests?.storage ?? '0';
  if (resource !== 'pods') {
    usage[resource] = '1';
    return usage;
  }
  if (isOver(object)) return usage;
  usage['pods'] = '1';
  for (const part of ['requests', 'limits'] as const) {
    const amounts = new Map<string, string[]>();
    for (const { resources: wanted } of spec.containers ?? []) {
      for (const [name, amount] of Object.entries<string>(wanted?.[part] ?? {})) {
        amounts.set(name, [...(amounts.get(name) ?? []), amount]);
      }
    }
    for (const [name, list] of amounts) {
      const sum = addQuantities(list);
      usage[`${part}.${name}`] = sum;
      if (part === 'requests' && (name === 'cpu' || name === 'memory')) usage[name] = sum;
    }
  }
  return usage;
}

/** What the objects of a namespace take of what the names stand for. */
export function namespaceUsage(store: Store, namespace: string, names: readonly string[]): Record<string, string> {
  const amounts = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const { name: resource, namespaced } of resources.values()) {
    if (!namespaced) continue;
    for (const object of store.list(resource, namespace)) {
      for (const [name, amount] of Object.entries(usageOf(resource, object))) amounts.get(name)?.push(amount);
    }
  }
  return Object.fromEntries([...amounts].map(([name, list]) => [name, addQuantities(list)]));
}
