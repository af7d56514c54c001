import type { StatusCause } from '../store/status-error.js';
import { broken, duplicate, forbiddenField, invalidValue, misnamed, missing, noneOf, notFoundValue } from './causes.js';
import { dnsLabel, labelValue, qualifiedKey, variableName } from './names.js';
import { compareQuantities, quantityValue } from './quantity.js';

// The bodies of objects are loosely typed (see KubeObject); their types were checked when they were decoded.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Loose = any;

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const messagePolicies = ['File', 'FallbackToLogsOnError'];
const standardResources = new Set(['cpu', 'memory', 'ephemeral-storage']);
const fieldPaths =
  /^(metadata\.(name|namespace|uid|(labels|annotations)\['.+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIP|podIP)s?)$/;
/** The fields of volumes that name something. */
const volumeReferences = { persistentVolumeClaim: 'claimName', secret: 'secretName', configMap: 'name' };

/** Fills in what a pod spec leaves open, in the template of a Job and in a Pod alike. */
export function defaultPodSpec(spec: Loose): void {
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ??= 'default-scheduler';
  if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
  for (const container of spec.containers ?? []) defaultContainer(container);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
}

function defaultContainer(container: Loose): void {
  container.resources ??= {};
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent';
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef !== undefined) valueFrom.fieldRef.apiVersion ??= 'v1';
  }
  if (container.startupProbe !== undefined) {
    const defaults = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
    container.startupProbe = { ...defaults, ...container.startupProbe };
  }
}

function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}

function defaultVolume(volume: Loose): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI]) {
    if (source !== undefined) source.defaultMode ??= 0o644;
  }
  for (const { fieldRef } of volume.downwardAPI?.items ?? []) if (fieldRef !== undefined) fieldRef.apiVersion ??= 'v1';
}

/** A Pod (not a template) asks for what it is limited to, unless it says otherwise. */
export function defaultRequests(spec: Loose): void {
  for (const { resources } of spec.containers ?? []) {
    if (resources?.limits !== undefined) resources.requests = { ...resources.limits, ...resources.requests };
  }
}

/** The rules for a pod spec at `path`. */
export function validatePodSpec(spec: Loose, path: string): StatusCause[] {
  const { containers = [], volumes = [], nodeSelector = {}, activeDeadlineSeconds = 1 } = spec;
  const wanted = 'requiredDuringSchedulingIgnoredDuringExecution';
  const nodes = spec.affinity?.nodeAffinity?.[wanted];
  return [
    ...each(volumes, `${path}.volumes`, validateVolume),
    ...twice(volumes, 'name').map(([index, name]) => duplicate(`${path}.volumes[${index}].name`, name)),
    ...missing(`${path}.containers`, containers.length > 0),
    ...each(containers, `${path}.containers`, (container, at) => validateContainer(container, at, volumes)),
    ...twice(containers, 'name').map(([index, name]) => duplicate(`${path}.containers[${index}].name`, name)),
    ...noneOf(`${path}.restartPolicy`, spec.restartPolicy, restartPolicies),
    ...noneOf(`${path}.dnsPolicy`, spec.dnsPolicy, dnsPolicies),
    ...missing(
      `${path}.affinity.nodeAffinity.${wanted}.nodeSelectorTerms`,
      nodes === undefined || nodes.nodeSelectorTerms,
      'must have at least one node selector term',
    ),
    ...(activeDeadlineSeconds < 1 ? [outOfRange(`${path}.activeDeadlineSeconds`, activeDeadlineSeconds)] : []),
    ...Object.entries<string>(nodeSelector).flatMap(([key, value]) => [
      ...broken(`${path}.nodeSelector`, key, qualifiedKey),
      ...broken(`${path}.nodeSelector`, value, labelValue),
    ]),
    ...['hostname', 'subdomain'].flatMap((field) => broken(`${path}.${field}`, spec[field] ?? 'none', dnsLabel)),
  ];
}

function outOfRange(field: string, value: number): StatusCause {
  return invalidValue(field, value, 'must be between 1 and 2147483647, inclusive');
}

function each(
  items: readonly Loose[],
  path: string,
  validate: (item: Loose, at: string) => StatusCause[],
): StatusCause[] {
  return items.flatMap((item, index) => validate(item, `${path}[${index}]`));
}

/** The items that have in the field what an earlier one has, by their index. */
function twice(items: readonly Loose[], field: string): [index: number, value: string][] {
  const values: string[] = items.map((item) => item[field]);
  return [...values.entries()].filter(([index, value]) => value && values.indexOf(value) < index);
}

function validateVolume(volume: Loose, at: string): StatusCause[] {
  const [, ...extra] = Object.keys(volume).filter((key) => key !== 'name');
  return [
    ...extra.map((source) => forbiddenField(`${at}.${source}`, 'may not specify more than 1 volume type')),
    ...Object.entries(volumeReferences).flatMap(([source, field]) =>
      missing(`${at}.${source}.${field}`, volume[source] === undefined || volume[source][field]),
    ),
    ...misnamed(`${at}.name`, volume.name, dnsLabel),
  ];
}

function validateContainer(container: Loose, path: string, volumes: readonly Loose[]): StatusCause[] {
  const {
    name,
    image,
    imagePullPolicy,
    terminationMessagePolicy,
    env = [],
    volumeMounts = [],
    startupProbe: probe,
    resources,
  } = container;
  const mounts = `${path}.volumeMounts`;
  return [
    ...misnamed(`${path}.name`, name, dnsLabel),
    ...missing(`${path}.image`, image),
    ...noneOf(`${path}.imagePullPolicy`, imagePullPolicy, pullPolicies),
    ...noneOf(`${path}.terminationMessagePolicy`, terminationMessagePolicy, messagePolicies),
    ...each(env, `${path}.env`, validateVariable),
    ...each(volumeMounts, mounts, (mount, at) => [
      ...missing(`${at}.name`, mount.name),
      ...(mount.name && !volumes.some((volume) => volume.name === mount.name)
        ? [notFoundValue(`${at}.name`, mount.name)]
        : []),
      ...missing(`${at}.mountPath`, mount.mountPath),
    ]),
    ...twice(volumeMounts, 'mountPath').map(([index, mountPath]) =>
      invalidValue(`${mounts}[${index}].mountPath`, mountPath, 'must be unique'),
    ),
    ...missing(`${path}.startupProbe`, probe === undefined || probe.exec, 'must specify a handler type'),
    ...missing(`${path}.startupProbe.exec.command`, probe?.exec === undefined || probe.exec.command),
    ...validateResources(resources, `${path}.resources`),
  ];
}

function validateVariable({ name, value, valueFrom }: Loose, at: string): StatusCause[] {
  const causes = misnamed(`${at}.name`, name, variableName);
  if (valueFrom === undefined) return causes;
  const refuse = (why: string): void => void causes.push(invalidValue(`${at}.valueFrom`, '', why));
  const sources = Object.keys(valueFrom);
  if (value) refuse('may not be specified when `value` is not empty');
  if (sources.length === 0) {
    refuse('must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`');
  }
  if (sources.length > 1) refuse('may not have more than one field specified at a time');
  for (const [source, reference] of Object.entries<Loose>(valueFrom)) {
    if (source !== 'fieldRef') causes.push(...missing(`${at}.valueFrom.${source}.key`, reference.key));
    else causes.push(...broken(`${at}.valueFrom.fieldRef.fieldPath`, reference.fieldPath ?? '', knownFieldPath));
  }
  return causes;
}

function knownFieldPath(path: string): string[] {
  return fieldPaths.test(path) ? [] : [`error converting fieldPath: field label not supported: ${path}`];
}

function validateResources({ requests = {}, limits = {} }: Loose, path: string): StatusCause[] {
  return [
    ...Object.entries<string>(limits).flatMap(([name, amount]) => validateAmount(name, amount, `${path}.limits`)),
    ...Object.entries<string>(requests).flatMap(([name, amount]) => [
      ...validateAmount(name, amount, `${path}.requests`),
      ...validateRequest(name, amount, limits[name], path),
    ]),
  ];
}

function validateRequest(name: string, amount: string, limit: string | undefined, path: string): StatusCause[] {
  const isExtended = name.includes('/');
  if (limit === undefined) {
    return missing(`${path}.limits`, !isExtended, 'Limit must be set for non overcommitable resources');
  }
  const difference = compareQuantities(amount, limit);
  if (difference > 0) {
    return [invalidValue(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`)];
  }
  if (!isExtended || difference === 0) return [];
  return [invalidValue(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`)];
}

function validateAmount(name: string, amount: string, path: string): StatusCause[] {
  const at = `${path}[${name}]`;
  const causes: StatusCause[] = [];
  if (name.includes('/')) causes.push(...broken(at, name, qualifiedKey));
  else if (!standardResources.has(name) && !name.startsWith('hugepages-')) {
    causes.push(invalidValue(at, name, 'must be a standard resource type or fully qualified'));
    causes.push(invalidValue(at, name, 'must be a standard resource for containers'));
  }
  if (compareQuantities(amount, '0') < 0) {
    causes.push(invalidValue(at, amount, 'must be greater than or equal to 0'));
  } else if (name.includes('/') && !Number.isInteger(quantityValue(amount))) {
    causes.push(invalidValue(at, amount, 'must be an integer'));
  }
  return causes;
}

/** The program that made a pod says by this annotation that nobody asked for its image. */
const DEFAULT_IMAGE = 'k8s-cli/default-image';

/** What the submitter of a pod, or of a template of some, has to be told: nothing is pulled here. */
export function ignoredImages({ metadata, spec }: Loose): string[] {
  if (metadata?.annotations?.[DEFAULT_IMAGE] === 'true') return [];
  const images = new Set<string>((spec?.containers ?? []).map(({ image }: { image: string }) => JSON.stringify(image)));
  if (images.size === 0) return [];
  return [
    `image ${[...images].join(', ')} is ignored: the embedded cluster pulls no images, the program runs with this ` +
      "machine's own files",
  ];
}
