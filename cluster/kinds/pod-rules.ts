import type { StatusCause } from '../store/status-error.js';
import { duplicate, forbiddenField, invalidValue, notFoundValue, notSupported, required } from './causes.js';
import { dnsLabel, labelValue, qualifiedKey } from './names.js';
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
const printable = /^[\x20-\x3c\x3e-\x7e]+$/;

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
  const causes: StatusCause[] = [];
  const volumes = validateVolumes(spec?.volumes ?? [], `${path}.volumes`, causes);
  const containers: Loose[] = spec?.containers ?? [];
  if (containers.length === 0) causes.push(required(`${path}.containers`));
  const names = new Set<string>();
  for (const [index, container] of containers.entries()) {
    validateContainer(container, `${path}.containers[${index}]`, volumes, names, causes);
  }
  if (!restartPolicies.includes(spec?.restartPolicy)) {
    causes.push(notSupported(`${path}.restartPolicy`, spec?.restartPolicy, restartPolicies));
  }
  if (!dnsPolicies.includes(spec?.dnsPolicy)) {
    causes.push(notSupported(`${path}.dnsPolicy`, spec?.dnsPolicy, dnsPolicies));
  }
  const wanted = 'requiredDuringSchedulingIgnoredDuringExecution';
  const nodes = spec?.affinity?.nodeAffinity?.[wanted];
  if (nodes !== undefined && nodes.nodeSelectorTerms === undefined) {
    const at = `${path}.affinity.nodeAffinity.${wanted}.nodeSelectorTerms`;
    causes.push(required(at, 'must have at least one node selector term'));
  }
  if (spec?.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds < 1) {
    causes.push(
      invalidValue(
        `${path}.activeDeadlineSeconds`,
        spec.activeDeadlineSeconds,
        'must be between 1 and 2147483647, inclusive',
      ),
    );
  }
  for (const [key, value] of Object.entries<string>(spec?.nodeSelector ?? {})) {
    causes.push(...qualifiedKey(key).map((why) => invalidValue(`${path}.nodeSelector`, key, why)));
    causes.push(...labelValue(value).map((why) => invalidValue(`${path}.nodeSelector`, value, why)));
  }
  for (const field of ['hostname', 'subdomain']) {
    const value = spec?.[field];
    if (value !== undefined) causes.push(...dnsLabel(value).map((why) => invalidValue(`${path}.${field}`, value, why)));
  }
  return causes;
}

function validateVolumes(volumes: readonly Loose[], path: string, causes: StatusCause[]): Set<string> {
  const names = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const at = `${path}[${index}]`;
    const [, ...extra] = Object.keys(volume).filter((key) => key !== 'name');
    for (const source of extra) {
      causes.push(forbiddenField(`${at}.${source}`, 'may not specify more than 1 volume type'));
    }
    if (volume.persistentVolumeClaim !== undefined && !volume.persistentVolumeClaim.claimName) {
      causes.push(required(`${at}.persistentVolumeClaim.claimName`));
    }
    if (volume.secret !== undefined && !volume.secret.secretName) causes.push(required(`${at}.secret.secretName`));
    if (volume.configMap !== undefined && !volume.configMap.name) causes.push(required(`${at}.configMap.name`));
    if (!volume.name) causes.push(required(`${at}.name`));
    else causes.push(...dnsLabel(volume.name).map((why) => invalidValue(`${at}.name`, volume.name, why)));
    if (names.has(volume.name)) causes.push(duplicate(`${at}.name`, volume.name));
    names.add(volume.name);
  }
  return names;
}

function validateContainer(
  container: Loose,
  path: string,
  volumes: ReadonlySet<string>,
  names: Set<string>,
  causes: StatusCause[],
): void {
  const { name, image, imagePullPolicy, terminationMessagePolicy } = container;
  if (!name) causes.push(required(`${path}.name`));
  else causes.push(...dnsLabel(name).map((why) => invalidValue(`${path}.name`, name, why)));
  if (names.has(name)) causes.push(duplicate(`${path}.name`, name));
  names.add(name);
  if (!image) causes.push(required(`${path}.image`));
  if (!pullPolicies.includes(imagePullPolicy)) {
    causes.push(notSupported(`${path}.imagePullPolicy`, imagePullPolicy, pullPolicies));
  }
  if (!messagePolicies.includes(terminationMessagePolicy)) {
    causes.push(notSupported(`${path}.terminationMessagePolicy`, terminationMessagePolicy, messagePolicies));
  }
  validateEnv(container.env ?? [], `${path}.env`, causes);
  const mountPaths = new Set<string>();
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}.volumeMounts[${index}]`;
    if (!mount.name) causes.push(required(`${at}.name`));
    else if (!volumes.has(mount.name)) causes.push(notFoundValue(`${at}.name`, mount.name));
    if (!mount.mountPath) causes.push(required(`${at}.mountPath`));
    else if (mountPaths.has(mount.mountPath)) {
      causes.push(invalidValue(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    }
    mountPaths.add(mount.mountPath);
  }
  validateResources(container.resources ?? {}, `${path}.resources`, causes);
}

function validateEnv(env: readonly Loose[], path: string, causes: StatusCause[]): void {
  for (const [index, { name, value, valueFrom }] of env.entries()) {
    const at = `${path}[${index}]`;
    if (!name) causes.push(required(`${at}.name`));
    else if (!printable.test(name)) {
      const why = "a valid environment variable name must consist only of printable ASCII characters other than '='";
      causes.push(invalidValue(`${at}.name`, name, why));
    }
    if (valueFrom === undefined) continue;
    const sources = Object.keys(valueFrom);
    if (value !== undefined && value !== '') {
      causes.push(invalidValue(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    }
    if (sources.length === 0) {
      causes.push(
        invalidValue(
          `${at}.valueFrom`,
          '',
          'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
        ),
      );
    }
    if (sources.length > 1)
      causes.push(invalidValue(`${at}.valueFrom`, '', 'may not have more than one field specified at a time'));
    const { fieldPath } = valueFrom.fieldRef ?? {};
    if (fieldPath !== undefined && !fieldPaths.test(fieldPath)) {
      const why = `error converting fieldPath: field label not supported: ${fieldPath}`;
      causes.push(invalidValue(`${at}.valueFrom.fieldRef.fieldPath`, fieldPath, why));
    }
    for (const source of ['configMapKeyRef', 'secretKeyRef']) {
      if (valueFrom[source] !== undefined && !valueFrom[source].key)
        causes.push(required(`${at}.valueFrom.${source}.key`));
    }
  }
}

function validateResources({ requests = {}, limits = {} }: Loose, path: string, causes: StatusCause[]): void {
  for (const [name, amount] of Object.entries<string>(limits)) validateAmount(name, amount, `${path}.limits`, causes);
  for (const [name, amount] of Object.entries<string>(requests)) {
    validateAmount(name, amount, `${path}.requests`, causes);
    const limit: string | undefined = limits[name];
    if (limit !== undefined && compareQuantities(amount, limit) > 0) {
      causes.push(invalidValue(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`));
    } else if (name.includes('/') && limit === undefined) {
      causes.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
    } else if (name.includes('/') && limit !== undefined && compareQuantities(amount, limit) !== 0) {
      causes.push(invalidValue(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`));
    }
  }
}

function validateAmount(name: string, amount: string, path: string, causes: StatusCause[]): void {
  const at = `${path}[${name}]`;
  const standard = standardResources.has(name) || name.startsWith('hugepages-');
  if (!standard && !name.includes('/')) {
    causes.push(invalidValue(at, name, 'must be a standard resource type or fully qualified'));
    causes.push(invalidValue(at, name, 'must be a standard resource for containers'));
  } else if (!standard) causes.push(...qualifiedKey(name).map((why) => invalidValue(at, name, why)));
  if (compareQuantities(amount, '0') < 0) {
    causes.push(invalidValue(at, amount, 'must be greater than or equal to 0'));
  } else if (name.includes('/') && !Number.isInteger(quantityValue(amount))) {
    causes.push(invalidValue(at, amount, 'must be an integer'));
  }
}

/** What the submitter of a pod spec has to be told: nothing is pulled here. */
export function ignoredImages(spec: Loose): string[] {
  const images = new Set<string>((spec?.containers ?? []).map(({ image }: { image: string }) => JSON.stringify(image)));
  if (images.size === 0) return [];
  return [
    `image ${[...images].join(', ')} is ignored: the embedded cluster pulls no images, the program runs with this ` +
      "machine's own files",
  ];
}
