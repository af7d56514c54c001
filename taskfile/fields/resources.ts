import { cpuQuantity, memoryQuantity, type QuantityResult } from '../quantity.js';
import type { Report } from '../report.js';
import { describe, type TreeNode, type Value } from '../tree.js';
import { type Accelerators, readAccelerators } from './accelerators.js';
import { type FieldTable, ignored, readFields, refused, supported } from './field.js';
import { readImage } from './image.js';
import { readCloud, readInfra, readJobRecovery, readUseSpot } from './placement.js';

const INTERNAL = "is SkyPilot's own and not for task files";

/** What each node asks for. */
export interface Resources {
  /** CPU cores as a canonical Kubernetes quantity, such as `2` or `500m`. */
  cpus: string | undefined;
  /** Memory as a canonical Kubernetes quantity, such as `4Gi`. */
  memory: string | undefined;
  /** GPUs of each node; 0 means none. */
  gpus: number;
  /** The kind of GPU that was named, such as `V100`. */
  gpuType: string | undefined;
  /** The container image; undefined means the server's default. */
  image: string | undefined;
}

/** The fields of `resources` that were read so far. */
interface ResourcesDraft {
  cpus?: string | undefined;
  memory?: string | undefined;
  accelerators?: Accelerators | undefined;
  image?: string | undefined;
}

/** What each node asks for, field by field. */
export const RESOURCE_FIELDS: FieldTable<ResourcesDraft> = {
  cpus: supported(['4', '0.5', '"4+"', '"500m"'], (value, report, draft) => {
    draft.cpus = readQuantity(value, cpuQuantity, report);
  }),
  memory: supported(['16', '"16+"', '"4Gi"', '"512Mi"', '"32GB"'], (value, report, draft) => {
    draft.memory = readQuantity(value, memoryQuantity, report);
  }),
  accelerators: supported(['1', '"1"', '"V100"', '"V100:2"', '{V100: 2}'], (value, report, draft) => {
    draft.accelerators = readAccelerators(value, report);
  }),
  image_id: supported(
    ['"python:3.13-slim"', '"docker:python:3.13-slim"', '{kubernetes: "python:3.13-slim"}'],
    (value, report, draft) => {
      draft.image = readImage(value, report);
    },
  ),
  infra: supported(['k8s', 'kubernetes', '"*"'], readInfra),
  cloud: supported(['kubernetes'], readCloud),
  use_spot: supported(['false'], readUseSpot),
  job_recovery: supported(['none'], readJobRecovery),
  instance_type: ignored('Kubernetes chooses the nodes'),
  disk_size: ignored('nodes have the disks they have; use a volume for large data'),
  ephemeral_storage: ignored('nodes have the disks they have; use a volume for large data'),
  ports: ignored('no ports are published; the nodes of one task reach each other on any port'),
  zone: ignored('Kubernetes chooses the nodes'),
  disk_tier: ignored('nodes have the disks they have'),
  network_tier: ignored('nodes have the network they have'),
  local_disk: ignored('nodes have the disks they have'),
  max_hourly_cost: ignored('the cluster has no prices'),
  accelerator_args: ignored('it is for TPUs only'),
  autostop: ignored('a task gives its resources back when it ends'),
  priority: ignored('all tasks have the same priority'),
  region: refused('choosing a cluster is not supported yet', 'leave it out: the server has one cluster'),
  priority_class: refused('choosing a priority class is not supported yet', 'leave it out'),
  labels: refused('labels are not supported yet', 'leave them out'),
  any_of: refused('alternatives are not supported yet', 'write the one alternative that is for Kubernetes'),
  ordered: refused('alternatives are not supported yet', 'write the one alternative that is for Kubernetes'),
  hooks: refused('hooks do not belong to resources', 'move to config.hooks'),
  volumes: refused(INTERNAL, 'write volumes at the top level, as `path: name`'),
  _docker_login_config: refused(INTERNAL),
  _is_image_managed: refused(INTERNAL),
  _requires_fuse: refused(INTERNAL),
  _cluster_config_overrides: refused(INTERNAL),
  _no_missing_accel_warnings: refused(INTERNAL),
};

const HINTS = {
  cpu: 'did you mean cpus?',
  mem: 'did you mean memory?',
  ram: 'did you mean memory?',
  gpu: 'did you mean accelerators?',
  gpus: 'did you mean accelerators?',
  accelerator: 'did you mean accelerators?',
  image: 'did you mean image_id?',
  num_nodes: 'move it to the top level',
  envs: 'move it to the top level',
  workdir: 'move it to the top level',
  setup: 'move it to the top level',
  run: 'move it to the top level',
  name: 'move it to the top level',
};

/** The `resources` of a task. */
export function readResources(value: Value, report: Report): Resources {
  const draft: ResourcesDraft = {};
  readFields(RESOURCE_FIELDS, HINTS, value, report, draft);
  return {
    cpus: draft.cpus,
    memory: draft.memory,
    gpus: draft.accelerators?.count ?? 0,
    gpuType: draft.accelerators?.type,
    image: draft.image,
  };
}

function readQuantity(value: Value, parse: (text: string) => QuantityResult, report: Report): string | undefined {
  const { node } = value;
  if (node.kind === 'string' && node.value === '') return undefined;
  const result = parse(quantityText(node));
  return result.ok ? result.quantity : report.refuse(value, `${describe(node)} ${result.message}`, result.fix);
}

/** The decimal text of a number; of anything else, what it is or says. */
function quantityText(node: TreeNode): string {
  if (node.kind === 'string') return node.value;
  if (node.kind !== 'float') return describe(node);
  // Small numbers have an exponent in JavaScript's spelling, which a quantity has not.
  return Math.abs(node.value) < 1e-5 ? node.value.toFixed(20) : String(node.value);
}
