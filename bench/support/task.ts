/** The task that is submitted, and the objects that a submission of it makes. */

import { randomUUID } from 'node:crypto';
import { TaskSpec as TaskMessage } from '../../gen/k8scli/v1/task.js';
import type { PlannedObject } from '../../server/domain/ports.js';
import { fingerprintOf, taskIdOf } from '../../server/domain/request-id.js';
import { jobObject } from '../../server/kubernetes/manifests/job.js';
import { progressPatch, recordObject } from '../../server/kubernetes/record.js';
import { parseTaskYaml, type TaskSpec } from '../../taskfile/task-spec.js';

/** Who submits. */
export const USER = 'bench';

/** One node that no machine without GPUs runs: nothing but the submission itself is measured. */
export const TASK_YAML = `name: bench
num_nodes: 1

resources:
  cpus: "100m"
  memory: 64Mi
  accelerators: 1

envs:
  STEPS: "100"

setup: |
  echo preparing

run: |
  echo "training for $STEPS steps"
`;

/** The same task as a message. */
export const TASK_MESSAGE: TaskMessage = TaskMessage.fromPartial({
  name: 'bench',
  numNodes: 1,
  resources: { cpus: '100m', memory: '64Mi', accelerators: '1' },
  envs: { STEPS: '100' },
  setup: 'echo preparing\n',
  run: 'echo "training for $STEPS steps"\n',
});

const SPEC: TaskSpec = parse(TASK_YAML);
const SPEC_WITHOUT_GPU: TaskSpec = parse(TASK_YAML.replace(/^ *accelerators: .*\n/m, ''));

/** Whose task it is, whether it is to run where there are no GPUs, and whether Kubernetes is to make no pod of its Job. */
export interface Variant {
  readonly user?: string;
  readonly withoutGpu?: boolean;
  readonly suspended?: boolean;
  /** Whether its record says that all Jobs are made, which a server notes some seconds later. */
  readonly noted?: boolean;
}

/** Bodies of the two POSTs. The uid of the record, which the Job refers to, is known when the first one is answered. */
export interface Bodies {
  readonly record: string;
  readonly job: (recordUid: string) => string;
}

/** What the server sends for one submission of the task. */
export function bodiesOfOne({ user = USER, withoutGpu = false, suspended = false, noted = false }: Variant): Bodies {
  const spec = withoutGpu ? SPEC_WITHOUT_GPU : SPEC;
  const requestId = randomUUID();
  const request = {
    id: taskIdOf(user, requestId),
    user,
    name: spec.name ?? '',
    spec,
    secrets: { values: {}, registry: undefined },
    mounts: [],
    placement: { nodeTerms: [], priorityClass: undefined, queue: undefined, managedSecrets: [] },
    fingerprint: fingerprintOf(spec),
    requestId,
    createdAtMs: Date.now(),
  };
  return {
    record: JSON.stringify(noted ? withNote(recordObject(request)) : recordObject(request)),
    job: (uid) => {
      const job = jobObject({ ...request, uid, attempt: 0 }, 0, 'bench') as { readonly spec: object };
      return JSON.stringify(suspended ? { ...job, spec: { ...job.spec, suspend: true } } : job);
    },
  };
}

function withNote(record: PlannedObject): object {
  const { data } = progressPatch(true, new Map(), '') as { readonly data: object };
  return { ...record, data: { ...(record['data'] as object), ...data } };
}

function parse(yaml: string): TaskSpec {
  const result = parseTaskYaml(yaml);
  if (!result.ok) throw new Error('the task of the benchmark is not valid');
  return result.spec;
}
