import { readConfig } from './config.js';
import { readEnvs } from './envs.js';
import { type FieldTable, ignored, refused, supported } from './field.js';
import { readName } from './name.js';
import { readNumNodes } from './num-nodes.js';
import { type Resources, readResources } from './resources.js';
import { readRun, readSetup } from './script.js';
import { readVolumes, type VolumeMount } from './volumes.js';
import { readWorkdir } from './workdir.js';

const INTERNAL = "is SkyPilot's own and not for task files";
const USE_ENVS = 'leave it out; what is not secret goes into envs';

/** The fields of a task that were read so far. */
export interface TaskDraft {
  name?: string | undefined;
  numNodes?: number | undefined;
  workdir?: string | undefined;
  resources?: Resources | undefined;
  envs?: Readonly<Record<string, string>> | undefined;
  volumes?: readonly VolumeMount[] | undefined;
  setup?: string | undefined;
  run?: string | undefined;
}

/** What a task file may say at its top level, field by field. */
export const TASK_FIELDS: FieldTable<TaskDraft> = {
  name: supported(['my-task'], (value, report, draft) => {
    draft.name = readName(value, report);
  }),
  num_nodes: supported(['1', '4'], (value, report, draft) => {
    draft.numNodes = readNumNodes(value, report);
  }),
  workdir: supported(['/path/in/the/container'], (value, report, draft) => {
    draft.workdir = readWorkdir(value, report);
  }),
  resources: supported(['{cpus: 2, memory: "4Gi"}'], (value, report, draft) => {
    draft.resources = readResources(value, report);
  }),
  envs: supported(['{NAME: value}'], (value, report, draft) => {
    draft.envs = readEnvs(value, report);
  }),
  volumes: supported(['{/data: volume-name}'], (value, report, draft) => {
    draft.volumes = readVolumes(value, report);
  }),
  setup: supported(['commands'], (value, report, draft) => {
    draft.setup = readSetup(value, report);
  }),
  run: supported(['commands'], (value, report, draft) => {
    draft.run = readRun(value, report);
  }),
  config: supported(['{}'], readConfig),
  inputs: ignored('it only guides the choice between clouds'),
  outputs: ignored('it only guides the choice between clouds'),
  event_callback: ignored('no callbacks are made'),
  api_server_access: ignored("tasks never get access to the cluster's API"),
  experimental: ignored('it is the old spelling of config'),
  secrets: refused('secrets are not supported yet', USE_ENVS),
  managed_secrets: refused('secrets are not supported yet', USE_ENVS),
  file_mounts: refused(
    'file mounts are not supported yet',
    'use a volume, put the files into the image, or fetch them in setup',
  ),
  service: refused('serving is not supported', 'leave it out'),
  pool: refused('pools of workers are not supported', 'leave it out'),
  file_mounts_mapping: refused(INTERNAL),
  volume_mounts: refused(INTERNAL, 'write volumes, as `path: name`'),
  _metadata: refused(INTERNAL),
  _user_specified_yaml: refused(INTERNAL),
};

const INTO_RESOURCES = 'move it under resources:';

/** What to do about keys that belong elsewhere or come from other tools. */
export const TASK_HINTS = {
  cpus: INTO_RESOURCES,
  memory: INTO_RESOURCES,
  accelerators: INTO_RESOURCES,
  image_id: INTO_RESOURCES,
  instance_type: INTO_RESOURCES,
  use_spot: INTO_RESOURCES,
  disk_size: INTO_RESOURCES,
  ports: INTO_RESOURCES,
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
};
