import { type KubeObject, isOver } from '../store/object.js';
import { qualifiedName, resourceNamed, resources } from '../store/resources.js';
import { forbidden } from '../store/status-error.js';
import type { Store } from '../store/store.js';
import { addQuantities, compareQuantities } from './quantity.js';

/** Throws Forbidden, as the API words it, when the new object would exceed a quota of its namespace. */
export function requireQuota(store: Store, resource: string, object: KubeObject): void {
  const { namespace } = object.metadata;
  if (namespace === undefined) return;
  for (const quota of store.list('resourcequotas', namespace)) check(store, quota, resource, object);
}

function check(store: Store, quota: KubeObject, resource: string, object: KubeObject): void {
  const hard: Record<string, string> = quota.spec.hard ?? {};
  const requested = usageOf(resource, object);
  const { name, namespace } = quota.metadata;
  const definition = resourceNamed(resource);
  const missing = resource === 'pods' ? unspecified(object, Object.keys(hard)) : undefined;
  if (missing !== undefined) throw forbidden(definition, object.metadata.name, `failed quota: ${name}: ${missing}`);
  const used = namespaceUsage(store, namespace ?? '', Object.keys(hard));
  const isExceeded = ([item, limit]: [string, string]): boolean =>
    requested[item] !== undefined && compareQuantities(addQuantities([used[item] ?? '0', requested[item]]), limit) > 0;
  const exceeded = Object.entries(hard)
    .filter(isExceeded)
    .map(([item]) => item)
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
  const missing = names.toSorted().flatMap((name) => {
    const [, part = 'requests', item = ''] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name) ?? [];
    if (item === '') return [];
    const without = spec.containers.filter(({ resources }: KubeObject) => resources?.[part]?.[item] === undefined);
    return without.length === 0 ? [] : `${name} for: ${without.map((container: KubeObject['spec']) => container.name)}`;
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}

/** What an object takes from quotas, by the names that quotas use. */
function usageOf(resource: string, object: KubeObject): Record<string, string> {
  const { spec } = object;
  const usage: Record<string, string> = { [`count/${qualifiedName(resourceNamed(resource))}`]: '1' };
  if (resource === 'persistentvolumeclaims') usage['requests.storage'] = spec.resources?.requests?.storage ?? '0';
  if (resource !== 'pods') return { ...usage, [resource]: '1' };
  if (isOver(object)) return usage;
  usage['pods'] = '1';
  for (const part of ['requests', 'limits'] as const) {
    for (const { resources: wanted } of spec.containers) {
      for (const [name, amount] of Object.entries<string>(wanted?.[part] ?? {})) {
        add(usage, `${part}.${name}`, amount);
        if (part === 'requests' && (name === 'cpu' || name === 'memory')) add(usage, name, amount);
      }
    }
  }
  return usage;
}

function add(usage: Record<string, string>, name: string, amount: string): void {
  usage[name] = addQuantities([usage[name] ?? '0', amount]);
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
