/** What a task's `pod_config` may contain: nothing that reaches beyond the task's own containers, unless the server allows it. */

import type { Json, JsonObject } from '../../../taskfile/task-spec.js';

/** Paths of a PodSpec, without the places in lists. The longest that fits decides; what none fits is not allowed. */
const ALLOWED = [
  'tolerations',
  'nodeSelector',
  'affinity',
  'topologySpreadConstraints',
  'schedulerName',
  'runtimeClassName',
  'preemptionPolicy',
  'terminationGracePeriodSeconds',
  'securityContext',
  'dnsConfig',
  'dnsPolicy',
  'hostAliases',
  'imagePullSecrets',
  'volumes.name',
  'volumes.emptyDir',
  'containers.name',
  'containers.env',
  'containers.imagePullPolicy',
  'containers.resources',
  'containers.securityContext',
  'containers.volumeMounts',
  'containers.ports',
];
const FORBIDDEN = [
  'securityContext.sysctls',
  'containers.env.valueFrom',
  'containers.ports.hostPort',
  'containers.securityContext.privileged',
  'containers.securityContext.allowPrivilegeEscalation',
  'containers.securityContext.capabilities',
  'containers.securityContext.procMount',
];

/** Why the fields of `podConfig` cannot be had, one text each with the path in front; empty when all can. */
export function podConfigProblems(podConfig: JsonObject, allowedToo: readonly string[]): readonly string[] {
  const problems = [...new Set(forbiddenPaths(podConfig, '', allowedToo))].map(
    (path) =>
      `${path} is not allowed by this server; leave it out, or ask its administrator for --allow-pod-config ${path}`,
  );
  const { containers } = podConfig;
  if (Array.isArray(containers) && containers.length > 1)
    problems.push('containers: a task has one container; leave out the others');
  const terms = TERMS.reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), podConfig);
  if (!isListOfTerms(terms ?? []))
    problems.push(
      `${TERMS.join('.')}: must be a list of mappings, each with a list of matchExpressions or matchFields`,
    );
  return problems;
}

/** Where the machines are named that a task requires; those that have its GPUs are named there as well. */
const TERMS = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'];

function isListOfTerms(value: Json): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((term: Json) => isObject(term) && Array.isArray(term['matchExpressions'] ?? []));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function forbiddenPaths(value: Json, path: string, allowedToo: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => forbiddenPaths(item, path, allowedToo));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Json]) => {
    const innerPath = path === '' ? key : `${path}.${key}`;
    if (allowedToo.some((allowed) => reaches(allowed, innerPath))) return [];
    if (FORBIDDEN.some((rule) => reaches(rule, innerPath))) return [innerPath];
    const known = [...ALLOWED, ...FORBIDDEN, ...allowedToo];
    if (known.some((rule) => rule.startsWith(`${innerPath}.`))) return forbiddenPaths(inner, innerPath, allowedToo);
    return ALLOWED.some((rule) => reaches(rule, innerPath)) ? [] : [innerPath];
  });
}

/** Whether the rule is about this path or one above of it. */
function reaches(rule: string, path: string): boolean {
  return path === rule || path.startsWith(`${rule}.`);
}
