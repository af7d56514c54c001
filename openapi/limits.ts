/** Limits of fields that the descriptors do not tell, as JSON Schema: what is outside of them is refused. */

import type { JsonObject } from './json.js';

const SPEC = 'k8scli.v1.TaskSpec';
const RESOURCES = 'k8scli.v1.Resources';
const OVERRIDES = 'k8scli.v1.TaskOverrides';

const NAME: JsonObject = { pattern: '^([A-Za-z0-9]+([._-]{1,2}[A-Za-z0-9]+)*)?$', maxLength: 128 };
const NODES: JsonObject = { minimum: 1, maximum: 1000 };
const SPAN: JsonObject = {
  pattern: '^((?=.*[1-9])([0-9]{1,7}s|[0-9]{1,5}m|[0-9]{1,3}h|[0-9]{1,2}d){1,3})?$',
};
const REQUEST_ID: JsonObject = { pattern: '^[!-~]*$', maxLength: 128 };
const CPUS: JsonObject = { pattern: '^((?=.*[1-9])([0-9]{1,6}(\\.[0-9]{0,3})?|\\.[0-9]{1,3})m?\\+?)?$' };
const AMOUNT = '(?=.*[1-9])([0-9]{1,6}(\\.[0-9]{0,3})?|\\.[0-9]{1,3})([kKMGT]|[kKmMgGtT][iIbB])?';
const MEMORY: JsonObject = { pattern: `^(${AMOUNT}\\+?)?$` };
const IMAGE_PART = '[a-z0-9]+([._-][a-z0-9]+)*';
const IMAGE_HOST = '[a-z0-9]+([.-][a-z0-9]+)*(:[0-9]{1,5})?';
const IMAGE: JsonObject = {
  pattern: `^(?!ami-|projects/|ocid1\\.|skypilot:)((${IMAGE_HOST}/)?${IMAGE_PART}(/${IMAGE_PART})*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?)?$`,
  maxLength: 512,
};
/** No program's argument or environment can hold a NUL. */
const TEXT: JsonObject = { pattern: '^[^\\u0000]*$' };
const VARIABLES: JsonObject = {
  propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
  additionalProperties: { type: 'string', ...TEXT },
};

const VOLUMES: JsonObject = {
  propertyNames: { pattern: '^(/(?!\\.{0,2}(/|$))[!-.0-9;-~]+)+$' },
  additionalProperties: { type: 'string', pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$' },
};
const STATUS: JsonObject = { enum: ['', 'pending', 'running', 'completed', 'failed', 'stopped'] };
const NODE: JsonObject = { items: { type: 'integer', format: 'int32', minimum: 0, maximum: 999 } };
const ACCESS_MODES: JsonObject = {
  items: { type: 'string', enum: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'] },
  not: { type: 'array', minItems: 2, contains: { const: 'ReadWriteOncePod' } },
};

const OWN_LABELS =
  'skypilot-task|task-id|task-name|username|node-idx|created-at|num-nodes|job-name|controller-uid|skypilot-volume|volume-id|volume-name';
const LABELS: JsonObject = {
  propertyNames: { pattern: `^(?!(${OWN_LABELS})$)[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$` },
  additionalProperties: { type: 'string', pattern: '^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$' },
};

/** By the full names of fields. */
export const LIMITS: Readonly<Record<string, JsonObject>> = {
  [`${SPEC}.name`]: NAME,
  [`${SPEC}.num_nodes`]: NODES,
  [`${SPEC}.timeout`]: SPAN,
  [`${SPEC}.workdir`]: { pattern: '^(/(?!\\.\\.(/|$))[ !-.0-~]*)*$' },
  [`${SPEC}.envs`]: VARIABLES,
  [`${SPEC}.secrets`]: VARIABLES,
  [`${SPEC}.volumes`]: VOLUMES,
  [`${SPEC}.setup`]: TEXT,
  [`${SPEC}.run`]: { pattern: '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$' },
  [`${RESOURCES}.cpus`]: CPUS,
  [`${RESOURCES}.memory`]: MEMORY,
  [`${RESOURCES}.image_id`]: IMAGE,
  [`${OVERRIDES}.name`]: NAME,
  [`${OVERRIDES}.num_nodes`]: NODES,
  [`${OVERRIDES}.cpus`]: CPUS,
  [`${OVERRIDES}.memory`]: MEMORY,
  [`${OVERRIDES}.image_id`]: IMAGE,
  [`${OVERRIDES}.envs`]: VARIABLES,
  [`${OVERRIDES}.secrets`]: VARIABLES,
  'k8scli.v1.SubmitTaskRequest.request_id': REQUEST_ID,
  'k8scli.v1.RerunTaskRequest.request_id': REQUEST_ID,
  'k8scli.v1.ListTasksRequest.page_size': { minimum: 0 },
  'k8scli.v1.ListTasksRequest.status': STATUS,
  'k8scli.v1.WatchTasksRequest.status': STATUS,
  'k8scli.v1.TailTaskLogsRequest.tail': { minimum: 0 },
  'k8scli.v1.StreamTaskLogsRequest.tail': { minimum: 0 },
  'k8scli.v1.TailTaskLogsRequest.node': NODE,
  'k8scli.v1.StreamTaskLogsRequest.node': NODE,
  'k8scli.v1.StopTaskRequest.reason': { maxLength: 1024 },
  'k8scli.v1.StopTaskRequest.grace_period': { pattern: '^[1-9][0-9]{0,8}(\\.[0-9]{1,9})?s$' },
  'k8scli.v1.StopTasksRequest.grace_period': { pattern: '^([1-9][0-9]{0,4}(s|m|h))+$' },
  'k8scli.v1.CreateVolumeRequest.name': { pattern: '^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$' },
  'k8scli.v1.CreateVolumeRequest.size': { pattern: `^${AMOUNT}\\+?$` },
  'k8scli.v1.CreateVolumeRequest.storage_class': { pattern: '^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$' },
  'k8scli.v1.CreateVolumeRequest.access_modes': ACCESS_MODES,
  'k8scli.v1.CreateVolumeRequest.request_id': REQUEST_ID,
  'k8scli.v1.CreateVolumeRequest.labels': LABELS,
  'k8scli.v1.ListVolumesRequest.page_size': { minimum: 0 },
};
