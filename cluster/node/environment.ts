import type { KubeObject } from '../store/object.js';

/** Reads the ConfigMap or Secret of a name in the pod's namespace. */
export type Lookup = (resource: 'configmaps' | 'secrets', name: string) => KubeObject | undefined;

/** A container that cannot be started as it is described; the message is what its waiting state says. */
export class ContainerConfigError extends Error {}

interface EnvSource {
  prefix?: string;
  configMapRef?: { name: string; optional?: boolean };
  secretRef?: { name: string; optional?: boolean };
}

interface KeyRef {
  name: string;
  key: string;
  optional?: boolean;
}

interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { fieldPath: string };
    configMapKeyRef?: KeyRef;
    secretKeyRef?: KeyRef;
  };
}

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
  for (const source of (container.envFrom ?? []) as EnvSource[]) addSource(declared, source, lookup);
  for (const variable of (container.env ?? []) as EnvVar[]) {
    const value = valueOf(variable, pod, lookup, declared);
    if (value !== undefined) declared.set(variable.name, value);
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

function addSource(declared: Map<string, string>, source: EnvSource, lookup: Lookup): void {
  const prefix = source.prefix ?? '';
  const reference = source.configMapRef ?? source.secretRef;
  if (reference === undefined) return;
  const data = dataOf(source.configMapRef === undefined ? 'secrets' : 'configmaps', reference.name, lookup);
  if (data === undefined) {
    if (reference.optional === true) return;
    throw missing(source.configMapRef === undefined ? 'secrets' : 'configmaps', reference.name);
  }
  for (const [key, value] of data) declared.set(prefix + key, value.toString('utf8'));
}

function valueOf(
  variable: EnvVar,
  pod: KubeObject,
  lookup: Lookup,
  declared: ReadonlyMap<string, string>,
): string | undefined {
  const from = variable.valueFrom;
  if (from === undefined) return expand(variable.value ?? '', declared);
  if (from.fieldRef !== undefined) return fieldValue(pod, from.fieldRef.fieldPath);
  if (from.configMapKeyRef !== undefined) return keyValue('configmaps', from.configMapKeyRef, pod, lookup);
  if (from.secretKeyRef !== undefined) return keyValue('secrets', from.secretKeyRef, pod, lookup);
  return '';
}

function keyValue(
  resource: 'configmaps' | 'secrets',
  reference: KeyRef,
  pod: KubeObject,
  lookup: Lookup,
): string | undefined {
  const data = dataOf(resource, reference.name, lookup);
  const value = data?.get(reference.key);
  if (value !== undefined) return value.toString('utf8');
  if (reference.optional === true) return undefined;
  if (data === undefined) throw missing(resource, reference.name);
  const kind = resource === 'secrets' ? 'Secret' : 'ConfigMap';
  throw new ContainerConfigError(
    `couldn't find key ${reference.key} in ${kind} ${pod.metadata.namespace}/${reference.name}`,
  );
}

function missing(resource: 'configmaps' | 'secrets', name: string): ContainerConfigError {
  return new ContainerConfigError(`${resource === 'secrets' ? 'secret' : 'configmap'} "${name}" not found`);
}

/** The entries of a ConfigMap or Secret, decoded. */
export function dataOf(
  resource: 'configmaps' | 'secrets',
  name: string,
  lookup: Lookup,
): Map<string, Buffer> | undefined {
  const object = lookup(resource, name);
  if (object === undefined) return undefined;
  const entries = new Map<string, Buffer>();
  const plain: BufferEncoding = resource === 'secrets' ? 'base64' : 'utf8';
  for (const [key, value] of Object.entries(object['data'] ?? {})) entries.set(key, Buffer.from(String(value), plain));
  for (const [key, value] of Object.entries(object['binaryData'] ?? {})) {
    entries.set(key, Buffer.from(String(value), 'base64'));
  }
  return entries;
}

/** What a downward reference such as `metadata.labels['app']` stands for; a field that is not set is empty. */
export function fieldValue(pod: KubeObject, path: string): string {
  const { metadata } = pod;
  const subscript = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path);
  if (subscript !== null) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid;
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.podIP':
    case 'status.podIPs':
      return pod.status?.podIP ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return pod.status?.hostIP ?? '';
    default:
      // Other paths were refused when the pod was created.
      return '';
  }
}
