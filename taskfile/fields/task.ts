import { describe } from '../tree.js';
import { type KubernetesConfig, readConfig } from './config.js';
import { readEnvs } from './envs.js';
import { type FieldTable, ignored, refused, supported } from './field.js';
import { readName } from './name.js';
import { readNumNodes } from './num-nodes.js';
import { ALL_RESOURCE_FIELDS, type Resources, readResources } from './resources.js';
import { readRun, readSetup } from './script.js';
import { type ManagedSecret, readManagedSecrets, readSecrets, type SecretsDraft } from './secrets.js';
import { readTimeout } from './timeout.js';
import { MOUNT_SCHEMA, readVolumes, type VolumeMount } from './volumes.js';
import { readWorkdir } from './workdir.js';

const INTERNAL = "is SkyPilot's own and not for task files";

/** The fields of a task that were read so far. */
export interface TaskDraft {
  name?: string | undefined;
  numNodes?: number | undefined;
  workdir?: string | undefined;
  resources?: readonly Resources[] | undefined;
  envs?: Readonly<Record<string, string>> | undefined;
  secrets?: SecretsDraft | undefined;
  managedSecrets?: readonly ManagedSecret[] | undefined;
  volumes?: readonly VolumeMount[] | undefined;
  config?: KubernetesConfig | undefined;
  timeoutSeconds?: number | undefined;
  failFast?: boolean | undefined;
  setup?: string | undefined;
  run?: string | undefined;
}

const TEXT = { type: 'string' } as const;
const VARIABLES_SCHEMA = {
  type: 'object',
  propertyNames: { pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' },
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
} as const;
const MANAGED_SCHEMA = {
  type: 'array',
  items: {
    anyOf: [
      TEXT,
      {
        type: 'object',
        maxProperties: 1,
        additionalProperties: {
          type: ['object', 'null'],
          properties: { mount_path: TEXT },
          additionalProperties: false,
        },
      },
    ],
  },
} as const;
const SECRETS_SCHEMA = {
  anyOf: [
    { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean', 'null'] } },
    { type: 'array', items: { type: 'string', pattern: '^secrets:' } },
  ],
} as const;

/** What a task file may say at its top level, field by field. */
export const TASK_FIELDS: FieldTable<TaskDraft> = {
  name: supported('Display name of the task.', ['my-task'], TEXT, (value, report, draft) => {
    draft.name = readName(value, report);
  }),
  num_nodes: supported(
    'Number of nodes.',
    ['1', '4'],
    { type: 'integer', minimum: 1, maximum: 1000 },
    (value, report, draft) => {
      draft.numNodes = readNumNodes(value, report);
    },
  ),
  workdir: supported(
    'Absolute path in the container in which setup and run start.',
    ['/path/in/the/container'],
    TEXT,
    (value, report, draft) => {
      draft.workdir = readWorkdir(value, report);
    },
  ),
  resources: supported(
    'What each node gets.',
    ['{cpus: 2, memory: "4Gi"}'],
    { $ref: '#/definitions/resources' },
    (value, report, draft) => {
      draft.resources = readResources(value, report);
    },
  ),
  envs: supported(
    'Environment variables of setup and run. One without a value has to be given when the task is submitted.',
    ['{NAME: value}', '{NAME: 1}', '{NAME: true}', '{NAME: ""}'],
    VARIABLES_SCHEMA,
    (value, report, draft) => {
      draft.envs = readEnvs(value, report);
    },
  ),
  secrets: supported(
    'Environment variables of setup and run that are kept in a Secret, or names of secrets that the server has.',
    ['{NAME: value}', '{"secrets:NAME": }', '["secrets:NAME", "secrets:personal.OTHER"]'],
    SECRETS_SCHEMA,
    (value, report, draft) => {
      draft.secrets = readSecrets(value, report);
    },
  ),
  managed_secrets: supported(
    'Names of secrets that the server has.',
    ['[NAME]', '[{NAME: {mount_path: /etc/key}}]'],
    MANAGED_SCHEMA,
    (value, report, draft) => {
      draft.managedSecrets = readManagedSecrets(value, report);
    },
  ),
  volumes: supported(
    'Volumes by the absolute path at which they are mounted.',
    ['{/data: volume-name}', '{/data: {name: volume-name, sub_path: runs/1}}', '{/scratch: {size: 100Gi}}'],
    { type: 'object', additionalProperties: MOUNT_SCHEMA },
    (value, report, draft) => {
      draft.volumes = readVolumes(value, report);
    },
  ),
  setup: supported('Shell script that runs on every node before run.', ['commands'], TEXT, (value, report, draft) => {
    draft.setup = readSetup(value, report);
  }),
  run: supported(
    'Shell script that is the task.',
    ['commands'],
    { type: 'string', minLength: 1 },
    (value, report, draft) => {
      draft.run = readRun(value, report);
    },
  ),
  timeout: supported(
    'How long the task may run, from the start of its first node: seconds, or a span.',
    ['3600', '90s', '1h30m', '2d'],
    {
      oneOf: [
        { type: 'integer', minimum: 1 },
        { type: 'string', pattern: '^([0-9]+[smhd])+$' },
      ],
    },
    (value, report, draft) => {
      draft.timeoutSeconds = readTimeout(value, report);
    },
  ),
  fail_fast: supported(
    'Whether the other nodes are stopped when one fails. Default: true.',
    ['true', 'false'],
    { type: 'boolean' },
    (value, report, draft) => {
      const { node } = value;
      if (node.kind === 'bool') draft.failFast = node.value;
      else report.refuse(value, `must be true or false, not ${describe(node)}`, 'write false to let the others go on');
    },
  ),
  config: supported(
    'What is to be different in Kubernetes.',
    ['{}', '{kubernetes: {custom_metadata: {labels: {team: research}}}}'],
    { $ref: '#/definitions/config' },
    (value, report, draft) => {
      draft.config = readConfig(value, report);
    },
  ),
  inputs: ignored('it only guides the choice between clouds'),
  outputs: ignored('it only guides the choice between clouds'),
  event_callback: ignored('no callbacks are made'),
  api_server_access: ignored("tasks never get access to the cluster's API"),
  experimental: ignored('it is the old spelling of config'),
  file_mounts: refused(
    'file mounts are not supported yet',
    'use a volume, put the files into the image, or fetch them in setup',
  ),
  service: refused('serving is not supported', 'leave it out'),
  pool: refused('pools of workers are not supported', 'leave it out'),
  file_mounts_mapping: refused(INTERNAL, 'leave it out'),
  volume_mounts: refused(INTERNAL, 'write volumes, as `path: name`'),
  _metadata: refused(INTERNAL, 'leave it out'),
  _user_specified_yaml: refused(INTERNAL, 'leave it out'),
};

const INTO_RESOURCES = 'move it under resources:';

/** What to do about keys that belong elsewhere or come from other tools. */
export const TASK_HINTS = {
  ...Object.fromEntries(Object.keys(ALL_RESOURCE_FIELDS).map((name) => [name, INTO_RESOURCES])),
  cpu: 'write cpus under resources:',
  gpus: 'write accelerators under resources:',
  gpu: 'write accelerators under resources:',
  image: 'write image_id under resources:',
  command: 'did you mean run?',
  cmd: 'did you mean run?',
  script: 'did you mean run?',
  env: 'did you mean envs?',
  environment: 'did you mean envs?',
  nodes: 'did you mean num_nodes?',
  replicas: 'did you mean num_nodes?',
  working_dir: 'did you mean workdir?',
  hooks: 'move it under config:',
};
