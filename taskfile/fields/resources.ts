import { cpuQuantity, memoryQuantity, type QuantityResult } from '../quantity.js';
import type { Report } from '../report.js';
import { describe, type TreeNode, type Value, valueAt } from '../tree.js';
import { type Accelerators, readAccelerators } from './accelerators.js';
import { type FieldTable, ignored, readFields, refused, supported } from './field.js';
import { readImage } from './image.js';
import { PAIRS_SCHEMA, readLabels } from './labels.js';
import { possibleChoices, readCloud, readInfra, readRegion, readUseSpot } from './placement.js';
import { readPriority, readPriorityClass } from './priority.js';
import { readRecovery, type Recovery } from './recovery.js';

const INTERNAL = "is SkyPilot's own and not for task files";
const DISKS = 'nodes have the disks they have; use a volume for large data';
const MAX_CHOICES = 20;

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
  /** The context, which is a cluster's name, that has to be the server's; undefined means any. */
  context: string | undefined;
  /** Kubernetes labels of Jobs and pods. */
  labels: Readonly<Record<string, string>>;
  /** -1000 to 1000; undefined means the usual one. */
  priority: number | undefined;
  /** A PriorityClass of the cluster. */
  priorityClass: string | undefined;
  /** When to run again; undefined means never. */
  recovery: Recovery | undefined;
}

/** The fields of `resources` that were read so far. */
interface ResourcesDraft {
  cpus?: string | undefined;
  memory?: string | undefined;
  accelerators?: readonly Accelerators[] | undefined;
  acceleratorsAt?: Value | undefined;
  image?: string | undefined;
  infra?: string | undefined;
  region?: Value | undefined;
  /** The context that `region` names. */
  regionContext?: string | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  priority?: number | undefined;
  priorityClass?: string | undefined;
  recovery?: Recovery | undefined;
  /** The alternatives of any_of or ordered. */
  choices?: readonly Value[] | undefined;
}

const NUMBER_OR_TEXT = { type: ['number', 'string'] } as const;
const GPUS_SCHEMA = {
  anyOf: [
    { type: ['integer', 'string'] },
    { type: 'object', additionalProperties: { type: ['integer', 'null'] }, minProperties: 1 },
    { type: 'array', items: { type: 'string' }, minItems: 1 },
  ],
} as const;
const IMAGE_SCHEMA = { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: { type: 'string' } }] };

/** What each node asks for, field by field, without a choice between several. */
export const RESOURCE_FIELDS: FieldTable<ResourcesDraft> = {
  cpus: supported(
    'CPU cores of each node: request and limit.',
    ['4', '0.5', '"4"', '"4+"', '"500m"'],
    NUMBER_OR_TEXT,
    (value, report, draft) => {
      draft.cpus = readQuantity(value, cpuQuantity, report);
    },
  ),
  memory: supported(
    'Memory of each node: request and limit. A number without a unit is GiB.',
    ['16', '"16"', '"16+"', '"1.5"', '"4Gi"', '"512Mi"', '"32GB"', '"32gb+"', '"1024MB"'],
    NUMBER_OR_TEXT,
    (value, report, draft) => {
      draft.memory = readQuantity(value, memoryQuantity, report);
    },
  ),
  accelerators: supported(
    'GPUs of each node: a count, a type, or both. A list or a set of types is a choice.',
    ['1', '"1"', '"V100"', '"V100:2"', '{V100: 2}', "['L4:1', 'H100:1']", "{'L4:1', 'H100:1'}"],
    GPUS_SCHEMA,
    (value, report, draft) => {
      draft.accelerators = readAccelerators(value, report);
      draft.acceleratorsAt = value;
    },
  ),
  image_id: supported(
    'Container image. Needs a POSIX shell, nothing else.',
    ['"python:3.13-slim"', '"docker:python:3.13-slim"', '{kubernetes: "python:3.13-slim"}', '{any: "busybox"}'],
    IMAGE_SCHEMA,
    (value, report, draft) => {
      draft.image = readImage(value, report);
    },
  ),
  infra: supported(
    "Where to run: Kubernetes, or the server's cluster by its name, as in k8s/my-cluster.",
    ['k8s', 'kubernetes', 'k8s/my-cluster', '"*"', '"k8s/*"'],
    { type: 'string' },
    (value, report, draft) => {
      draft.infra = readInfra(value, report);
    },
  ),
  cloud: supported('Older spelling of infra.', ['kubernetes'], { type: 'string' }, readCloud),
  region: supported(
    'Older spelling of the name of the cluster in infra.',
    ['my-cluster'],
    { type: 'string' },
    (value, _report, draft) => {
      draft.region = value;
    },
  ),
  labels: supported(
    'Kubernetes labels of Jobs and pods.',
    ['{team: research, example.com/project: x1}'],
    PAIRS_SCHEMA,
    (value, report, draft) => {
      draft.labels = readLabels(value, report);
    },
  ),
  priority: supported(
    'Priority, -1000 to 1000, where the server knows a PriorityClass for it.',
    ['0', '-1000', '500'],
    { type: 'integer', minimum: -1000, maximum: 1000 },
    (value, report, draft) => {
      draft.priority = readPriority(value, report);
    },
  ),
  priority_class: supported(
    'A PriorityClass of the cluster.',
    ['high-priority'],
    { type: 'string' },
    (value, report, draft) => {
      draft.priorityClass = readPriorityClass(value, report);
    },
  ),
  job_recovery: supported(
    'When a task that failed is run again.',
    ['none', 'FAILOVER', '{max_restarts_on_errors: 3, recover_on_exit_codes: [33]}', '{recover_on_exit_codes: 33}'],
    { anyOf: [{ type: 'string' }, { $ref: '#/definitions/recovery' }] },
    (value, report, draft) => {
      draft.recovery = readRecovery(value, report);
    },
  ),
  use_spot: supported('Only false has an effect.', ['false'], {}, readUseSpot),
  instance_type: ignored('Kubernetes chooses the nodes'),
  disk_size: ignored(DISKS),
  ephemeral_storage: ignored(DISKS),
  ports: ignored('no ports are published; the nodes of one task reach each other on any port'),
  zone: ignored('Kubernetes chooses the nodes'),
  disk_tier: ignored('nodes have the disks they have'),
  network_tier: ignored('nodes have the network they have'),
  local_disk: ignored('nodes have the disks they have'),
  max_hourly_cost: ignored('the cluster has no prices'),
  accelerator_args: ignored('it is for TPUs only'),
  autostop: ignored('a task gives its resources back when it ends'),
  hooks: refused('hooks do not belong to resources', 'move to config.hooks'),
  volumes: refused(INTERNAL, 'write volumes at the top level, as `path: name`'),
  _docker_login_config: refused(INTERNAL, 'leave it out'),
  _is_image_managed: refused(INTERNAL, 'leave it out'),
  _requires_fuse: refused(INTERNAL, 'leave it out'),
  _cluster_config_overrides: refused(INTERNAL, 'leave it out'),
  _no_missing_accel_warnings: refused(INTERNAL, 'leave it out'),
};

const CHOICES_FORM = '[{accelerators: "H100"}, {accelerators: "A100:2"}]';

/** The same, with a choice between several. */
export const ALL_RESOURCE_FIELDS: FieldTable<ResourcesDraft> = {
  ...RESOURCE_FIELDS,
  any_of: supported('Alternatives, of which one is taken.', [CHOICES_FORM], choicesSchema(), readChoices),
  ordered: supported(
    'Alternatives, the best one first; the first that the cluster can give now is taken.',
    [CHOICES_FORM],
    choicesSchema(),
    readChoices,
  ),
};

function choicesSchema(): object & Record<string, unknown> {
  return { type: 'array', minItems: 1, items: { $ref: '#/definitions/alternative' } };
}

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
  secrets: 'move it to the top level',
  workdir: 'move it to the top level',
  setup: 'move it to the top level',
  run: 'move it to the top level',
  name: 'move it to the top level',
};

/**
 * The `resources` of a task: what may be had instead of each other, the best first; at least one. Alternatives for other clouds
 * are left out with a warning.
 */
export function readResources(value: Value, report: Report): readonly Resources[] {
  const draft: ResourcesDraft = {};
  readFields(ALL_RESOURCE_FIELDS, HINTS, value, report, draft);
  if (draft.region) draft.regionContext = readRegion(draft.region, value, report);
  if (draft.choices === undefined) return resourcesOf(draft);
  if ((draft.accelerators?.length ?? 0) > 1) {
    const message = 'names several GPU types beside any_of or ordered';
    report.refuse(draft.acceleratorsAt ?? value, message, 'write each as an alternative of its own');
  }
  const found = possibleChoices(draft.choices, value, report).flatMap((choice) => readChoice(choice, draft, report));
  return found.length === 0 ? resourcesOf({}) : found;
}

/** One alternative; what it does not say is as outside of it. */
function readChoice(choice: Value, outer: ResourcesDraft, report: Report): readonly Resources[] {
  const inner: ResourcesDraft = {};
  readFields(RESOURCE_FIELDS, HINTS, choice, report, inner);
  if (inner.region) inner.regionContext = readRegion(inner.region, choice, report);
  if ((inner.accelerators?.length ?? 0) > 1) {
    const message = 'names several GPU types in one alternative';
    report.refuse(inner.acceleratorsAt ?? choice, message, 'write each as an alternative of its own');
  }
  return resourcesOf({ ...outer, ...inner });
}

function readChoices(value: Value, report: Report, draft: ResourcesDraft): void {
  const { node, path } = value;
  if (draft.choices !== undefined) {
    report.refuse(value, 'there are any_of and ordered', 'keep one of the two');
  } else if (node.kind !== 'list' || node.items.length === 0) {
    report.refuse(value, `must be a list of alternatives, not ${describe(node)}`, 'write `- accelerators: …` lines');
  } else if (node.items.length > MAX_CHOICES) {
    report.refuse(value, `has ${node.items.length} alternatives`, `write at most ${MAX_CHOICES}`);
  } else {
    draft.choices = node.items.map((item, index) => valueAt(`${path}.${index}`, item));
  }
}

function resourcesOf(draft: ResourcesDraft): readonly Resources[] {
  const gpus: readonly (Accelerators | undefined)[] = draft.accelerators ?? [undefined];
  return gpus.map((choice) => ({
    cpus: draft.cpus,
    memory: draft.memory,
    gpus: choice?.count ?? 0,
    gpuType: choice?.type,
    image: draft.image,
    context: draft.infra ?? draft.regionContext,
    labels: draft.labels ?? {},
    priority: draft.priority,
    priorityClass: draft.priorityClass,
    recovery: draft.recovery,
  }));
}

/** What a task without `resources` asks for. */
export const NO_RESOURCES: readonly Resources[] = resourcesOf({});

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
