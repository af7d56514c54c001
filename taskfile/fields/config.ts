import type { JsonObject } from '../plain.js';
import { plainValue } from '../plain.js';
import type { Report } from '../report.js';
import { describe, quote, type Value } from '../tree.js';
import { type FieldTable, ignored, readFields, readString, refused, supported } from './field.js';
import { readHooks } from './hooks.js';
import { PAIRS_SCHEMA, readAnnotations, readLabels } from './labels.js';

/** What a task says about its Kubernetes objects beyond resources. */
export interface KubernetesConfig {
  /** To be merged into the pod spec. */
  podConfig: JsonObject | undefined;
  /** Labels and annotations of Jobs and pods. */
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** A LocalQueue of Kueue. */
  queue: string | undefined;
  /** A service account of the namespace. */
  serviceAccount: string | undefined;
  /** Limits of CPU and memory are this many times the requests; 0 means no limits. */
  limitFactor: number;
  /** Seconds in which all nodes have to start, `any` means as long as it takes; undefined leaves it to the server. */
  startDeadlineSeconds: number | 'any' | undefined;
}

type ConfigDraft = { -readonly [Field in keyof KubernetesConfig]?: KubernetesConfig[Field] | undefined };

const OTHER_CLOUD = 'it is for another cloud';
const DNS_NAME = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;
const SKYPILOT_IDENTITIES = new Set(['LOCAL_CREDENTIALS', 'SERVICE_ACCOUNT', 'NO_UPLOAD']);
const MAX_SECONDS = 30n * 24n * 3600n;
const MAX_FACTOR = 100;

const METADATA_FIELDS: FieldTable<ConfigDraft> = {
  labels: supported('Labels of Jobs and pods.', ['{team: research}'], PAIRS_SCHEMA, (value, report, draft) => {
    draft.labels = { ...draft.labels, ...readLabels(value, report) };
  }),
  annotations: supported(
    'Annotations of Jobs and pods.',
    ['{example.com/note: text}'],
    PAIRS_SCHEMA,
    (value, report, draft) => {
      draft.annotations = { ...draft.annotations, ...readAnnotations(value, report) };
    },
  ),
};

const POD_CONFIG_FIELDS: FieldTable<ConfigDraft> = {
  metadata: supported(
    'Labels and annotations of Jobs and pods.',
    ['{labels: {team: research}}'],
    { type: 'object' },
    (value, report, draft) => readFields(METADATA_FIELDS, {}, value, report, draft),
  ),
  spec: supported(
    'Merged into the spec of the pods, as far as the server allows it.',
    ['{tolerations: [{key: gpu, operator: Exists}]}'],
    { type: 'object' },
    (value, report, draft) => {
      const plain = plainValue(value.node);
      if (isObject(plain)) draft.podConfig = plain;
      else
        report.refuse(value, `must be a mapping, not ${describe(value.node)}`, "write fields of Kubernetes' PodSpec");
    },
  ),
};

const KUEUE_FIELDS: FieldTable<ConfigDraft> = {
  local_queue_name: supported('A LocalQueue of Kueue.', ['my-queue'], { type: 'string' }, (value, report, draft) => {
    draft.queue = readName(value, 'a LocalQueue', report);
  }),
};

/** What a task may say under `config.kubernetes`, field by field. */
export const KUBERNETES_CONFIG_FIELDS: FieldTable<ConfigDraft> = {
  pod_config: supported(
    'Merged into the pods: metadata and spec, as far as the server allows it.',
    ['{spec: {tolerations: [{key: gpu, operator: Exists}]}}', '{metadata: {labels: {team: research}}}'],
    {
      type: 'object',
      properties: { metadata: { type: 'object' }, spec: { type: 'object' } },
      additionalProperties: false,
    },
    (value, report, draft) => readFields(POD_CONFIG_FIELDS, POD_CONFIG_HINTS, value, report, draft),
  ),
  custom_metadata: supported(
    'Labels and annotations of Jobs and pods.',
    ['{labels: {team: research}, annotations: {example.com/note: text}}'],
    { type: 'object', properties: { labels: PAIRS_SCHEMA, annotations: PAIRS_SCHEMA }, additionalProperties: false },
    (value, report, draft) => readFields(METADATA_FIELDS, {}, value, report, draft),
  ),
  provision_timeout: supported(
    'Seconds in which all nodes have to start; -1 means as long as it takes.',
    ['600', '-1'],
    { type: 'integer', minimum: -1 },
    (value, report, draft) => {
      const { node } = value;
      if (node.kind === 'int' && node.value > 0n && node.value <= MAX_SECONDS) {
        draft.startDeadlineSeconds = Number(node.value);
      } else if (node.kind === 'int' && node.value === -1n) {
        draft.startDeadlineSeconds = 'any';
      } else {
        const message = `must be seconds from 1 to ${MAX_SECONDS}, or -1, not ${describe(node)}`;
        report.refuse(value, message, 'write -1 to wait as long as it takes');
      }
    },
  ),
  kueue: supported(
    'The queue of Kueue in which the task waits.',
    ['{local_queue_name: my-queue}'],
    { type: 'object', properties: { local_queue_name: { type: 'string' } }, additionalProperties: false },
    (value, report, draft) => readFields(KUEUE_FIELDS, {}, value, report, draft),
  ),
  set_pod_resource_limits: supported(
    'Limits of CPU and memory: equal to the requests (true), none (false), or so many times the requests.',
    ['true', 'false', '1.5'],
    { type: ['boolean', 'number'] },
    (value, report, draft) => {
      const { node } = value;
      const factor =
        node.kind === 'bool'
          ? Number(node.value)
          : node.kind === 'int' || node.kind === 'float'
            ? Number(node.value)
            : -1;
      if (node.kind === 'bool' || (factor >= 1 && factor <= MAX_FACTOR)) draft.limitFactor = factor;
      else
        report.refuse(
          value,
          `must be true, false or a number from 1 to ${MAX_FACTOR}, not ${describe(node)}`,
          'write true',
        );
    },
  ),
  remote_identity: supported(
    'A service account that the server allows.',
    ['my-service-account', 'NO_UPLOAD'],
    { type: 'string' },
    (value, report, draft) => {
      if (value.node.kind === 'string' && SKYPILOT_IDENTITIES.has(value.node.value)) {
        report.warn(value, "ignored: tasks never get access to the cluster's API or to your credentials");
      } else {
        draft.serviceAccount = readName(value, 'a service account', report);
      }
    },
  ),
  quota: ignored('there are no quotas of that kind'),
  dws: ignored('there is no queue of that kind'),
  enable_docker: refused('is not supported', 'build images before the task'),
};

const POD_CONFIG_HINTS = {
  containers: 'move it under spec:',
  tolerations: 'move it under spec:',
  labels: 'move it under metadata:',
};

/** What a task may say under `config`, field by field. */
export const CONFIG_FIELDS: FieldTable<ConfigDraft> = {
  kubernetes: supported(
    'What is to be different in the Kubernetes objects of the task.',
    ['{}'],
    { $ref: '#/definitions/kubernetes' },
    (value, report, draft) => readFields(KUBERNETES_CONFIG_FIELDS, {}, value, report, draft),
  ),
  docker: ignored('the cluster decides how containers run'),
  nvidia_gpus: ignored('the cluster decides how GPUs are set up'),
  active_workspace: ignored('there are no workspaces'),
  ssh: ignored(OTHER_CLOUD),
  aws: ignored(OTHER_CLOUD),
  gcp: ignored(OTHER_CLOUD),
  azure: ignored(OTHER_CLOUD),
  vast: ignored(OTHER_CLOUD),
  slurm: ignored(OTHER_CLOUD),
  hooks: supported(
    'Ignored where they are for preemption only, otherwise refused: trap SIGTERM in run.',
    ['[{run: save, events: [preemption]}]'],
    {
      type: 'array',
      items: { type: 'object', properties: { events: { items: { const: 'preemption' } } }, required: ['events'] },
    },
    readHooks,
  ),
};

/** `config`, of which only `kubernetes` has an effect. */
export function readConfig(value: Value, report: Report): KubernetesConfig {
  const draft: ConfigDraft = {};
  readFields(CONFIG_FIELDS, {}, value, report, draft);
  return configOf(draft);
}

function configOf(draft: ConfigDraft): KubernetesConfig {
  return {
    podConfig: draft.podConfig,
    labels: draft.labels ?? {},
    annotations: draft.annotations ?? {},
    queue: draft.queue,
    serviceAccount: draft.serviceAccount,
    limitFactor: draft.limitFactor ?? 1,
    startDeadlineSeconds: draft.startDeadlineSeconds,
  };
}

/** What a task without `config` says. */
export const NO_CONFIG: KubernetesConfig = configOf({});

function readName(value: Value, what: string, report: Report): string | undefined {
  const name = readString(value, report);
  if (name === undefined || name === '') return undefined;
  if (DNS_NAME.test(name)) return name;
  return report.refuse(value, `${quote(name)} is not the name of ${what}`, 'use a-z, 0-9, "-" and "."');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
