import { type KubeObject, valueAt } from '../store/object.js';

/** Reads an object that a pod names, in the pod's namespace. */
export type Lookup = (resource: Source | 'persistentvolumeclaims', name: string) => KubeObject | undefined;

type Source = 'configmaps' | 'secrets';

/** A container that cannot be started as it is described; the message is what its waiting state says. */
export class ContainerConfigError extends Error {}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The variables that a container's description sets. Later entries win; `$(NAME)` in values stands for what was set
 * before. Throws ContainerConfigError for a missing ConfigMap, Secret or key.
 */
export function declaredEnvironment(
  pod: KubeObject,
  container: KubeObject['spec'],
  lookup: Lookup,
): Map<string, string> {
  const declared = new Map<string, string>();
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data = configMapRef ? dataOf('configmaps', configMapRef, lookup) : dataOf('secrets', secretRef ?? {}, lookup);
    for (const [key, value] of data ?? []) declared.set(prefix + key, value.toString('utf8'));
  }
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    const text = valueFrom === undefined ? expand(value, declared) : referenced(valueFrom, pod, lookup);
    if (text !== undefined) declared.set(name, text);
  }
  return declared;
}

/** The whole environment of a container: nothing of this process gets into it. */
export function containerEnvironment(
  pod: KubeObject,
  declared: ReadonlyMap<string, string>,
  home: string,
): Map<string, string> {
  return new Map([['PATH', defaultPath], ['HOME', home], ['HOSTNAME', hostnameOf(pod)], ...declared]);
}

/** What the pod takes itself for: `spec.hostname`, else its name. */
export function hostnameOf(pod: KubeObject): string {
  return pod.spec.hostname ?? pod.metadata.name.slice(0, 63);
}

/** Command and arguments with `$(NAME)` replaced; `$$(NAME)` stays as `$(NAME)`, an unknown name stays as it is. */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) => {
    if (match === '$$') return '$';
    return variables.get(name ?? '') ?? match;
  });
}

function referenced(
  { fieldRef, configMapKeyRef, secretKeyRef }: KubeObject['spec'],
  pod: KubeObject,
  lookup: Lookup,
): string | undefined {
  if (fieldRef !== undefined) return fieldValue(pod, fieldRef.fieldPath);
  const reference = configMapKeyRef ?? secretKeyRef;
  const value = dataOf(configMapKeyRef ? 'configmaps' : 'secrets', reference, lookup)?.get(reference.key);
  if (value !== undefined || reference.optional === true) return value?.toString('utf8');
  const kind = configMapKeyRef ? 'ConfigMap' : 'Secret';
  const { namespace } = pod.metadata;
  throw new ContainerConfigError(`couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`);
}

/** The entries of a ConfigMap or Secret, decoded. One that is missing throws ContainerConfigError, or is undefined if it may be. */
export function dataOf(
  resource: Source,
  { name = '', optional = false }: { name?: string; optional?: boolean },
  lookup: Lookup,
): Map<string, Buffer> | undefined {
  const object = lookup(resource, name);
  if (object === undefined && optional) return undefined;
  if (object === undefined) throw new ContainerConfigError(`${resource.slice(0, -1)} "${name}" not found`);
  const decoded = (entries: Record<string, string> = {}, encoding: BufferEncoding = 'base64') =>
    Object.entries(entries).map(([key, value]) => [key, Buffer.from(value, encoding)] as const);
  const { data, binaryData } = object;
  return new Map([...decoded(data, resource === 'secrets' ? 'base64' : 'utf8'), ...decoded(binaryData)]);
}

/** What a downward reference such as `metadata.labels['app']` stands for; a field that is not set is empty. */
export function fieldValue(pod: KubeObject, path: string): string {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path) ?? [];
  if (map !== undefined) return pod.metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  // Other paths were refused when the pod was created. Of several addresses there is one.
  return valueAt(pod, path.replace(/IPs$/, 'IP')) ?? '';
}
