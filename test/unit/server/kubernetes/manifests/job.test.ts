import { expect } from 'chai';
import {
  jobObject as makeJob,
  jobToCome,
  podObject as makePod,
} from '../../../../../server/kubernetes/manifests/job.js';
import { DEFAULT_IMAGE } from '../../../../../server/kubernetes/manifests/pod.js';
import { serviceObject } from '../../../../../server/kubernetes/manifests/service.js';
import { shellCommand } from '../../../../../server/kubernetes/manifests/shell.js';
import type { LaunchedTask } from '../../../../../server/kubernetes/manifests/task.js';
import { ANYWHERE, resources, spec } from '../../../../support/server/specs.js';
import type { TaskSpec } from '../../../../../taskfile/task-spec.js';
import { T0 } from '../../../../support/server/views.js';

const TASK: LaunchedTask = {
  id: 'abc12345',
  uid: 'uid-1',
  user: 'ann@example.org',
  name: 'My Task',
  createdAtMs: T0,
  attempt: 0,
  spec: spec({
    name: 'My Task',
    numNodes: 2,
    workdir: '/work',
    resources: resources({ cpus: '2', memory: '4Gi', gpus: 1, gpuType: 'V100', image: 'registry.example.org/img:1' }),
    envs: { GREETING: 'costs $(PRICE) $5', MASTER_PORT: '1', NODE_RANK: 'mine' },
    volumes: [{ mountPath: '/data', volume: 'data', subPath: undefined }],
    setup: 'pip install x',
    run: 'echo $NODE_RANK',
  }),
  mounts: [
    { mountPath: '/data', claimName: 'data-v1' },
    { mountPath: '/more', claimName: 'data-v1' },
    { mountPath: '/out', claimName: 'out-v2', subPath: 'runs/1' },
  ],
  placement: ANYWHERE,
};
const SITE = 'test-cluster';
const jobObject = (task: LaunchedTask, index: number): object => makeJob(task, index, SITE);
const podObject = (task: LaunchedTask, index: number): object => makePod(task, index, SITE);
const OWNER = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'task-abc12345', uid: 'uid-1' }];

interface Container {
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly resources: object;
}

function containerOf(task: LaunchedTask, index = 0): Container {
  const { spec: pod } = podObject(task, index) as { spec: { containers: [Container] } };
  return pod.containers[0];
}

const environmentOf = (task: LaunchedTask, index: number): Record<string, string> =>
  Object.fromEntries(containerOf(task, index).env.map(({ name, value }) => [name, value]));

describe('the Job of a node', () => {
  it('is exactly this', () => {
    const labels = {
      'skypilot-task': 'true',
      'task-id': 'abc12345',
      'task-name': (jobObject(TASK, 1) as { metadata: { labels: Record<string, string> } }).metadata.labels[
        'task-name'
      ],
      username: (jobObject(TASK, 1) as { metadata: { labels: Record<string, string> } }).metadata.labels['username'],
      'node-idx': '1',
    };
    expect(labels['task-name']).to.match(/^My-Task-[0-9a-f]{10}$/);
    expect(labels.username).to.match(/^ann-example\.org-[0-9a-f]{10}$/);
    expect(jobObject(TASK, 1)).to.deep.equal({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'my-task-abc12345-node-1',
        labels,
        annotations: {
          'created-at': '2026-11-23T06:00:00.000Z',
          'num-nodes': '2',
          'k8s-cli/username': 'ann@example.org',
          'k8s-cli/task-name': 'My Task',
        },
        ownerReferences: OWNER,
      },
      spec: {
        completions: 1,
        parallelism: 1,
        completionMode: 'NonIndexed',
        backoffLimit: 0,
        podReplacementPolicy: 'Failed',
        template: {
          metadata: { labels, annotations: { 'num-nodes': '2' } },
          spec: {
            restartPolicy: 'Never',
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            hostname: 'node-1',
            subdomain: 'task-abc12345',
            containers: [
              {
                name: 'task',
                image: 'registry.example.org/img:1',
                command: shellCommand('pip install x', 'echo $NODE_RANK', '/dev/shm/.k8s-cli-abc12345-1'),
                workingDir: '/work',
                env: [
                  { name: 'MASTER_PORT', value: '1' },
                  { name: 'PYTHONUNBUFFERED', value: '1' },
                  { name: 'GREETING', value: 'costs $$(PRICE) $$5' },
                  { name: 'NODE_RANK', value: '1' },
                  { name: 'SKYPILOT_NODE_RANK', value: '1' },
                  { name: 'SKYPILOT_SETUP_NODE_RANK', value: '1' },
                  { name: 'SKYPILOT_NUM_NODES', value: '2' },
                  { name: 'SKYPILOT_NUM_GPUS_PER_NODE', value: '1' },
                  { name: 'SKYPILOT_SETUP_NUM_GPUS_PER_NODE', value: '1' },
                  { name: 'SKYPILOT_TASK_ID', value: 'sky-managed-2026-11-23-06-00-00-000000_My Task_abc12345-0' },
                  { name: 'SKYPILOT_TASK_IDS', value: 'sky-managed-2026-11-23-06-00-00-000000_My Task_abc12345-0' },
                  {
                    name: 'SKYPILOT_CLUSTER_INFO',
                    value:
                      '{"cluster_name": "my-task-abc12345", "cloud": "Kubernetes", "region": "test-cluster", "zone": null}',
                  },
                  { name: 'SKYPILOT_USER', value: 'ann@example.org' },
                  { name: 'K8S_CLI_ATTEMPT', value: '0' },
                  { name: 'NUM_NODES', value: '2' },
                ],
                resources: {
                  requests: { cpu: '2', memory: '4Gi' },
                  limits: { cpu: '2', memory: '4Gi', 'nvidia.com/gpu': '1' },
                },
                terminationMessagePolicy: 'FallbackToLogsOnError',
                startupProbe: {
                  exec: { command: ['/bin/sh', '-c', '[ -e /dev/shm/.k8s-cli-abc12345-1 ]'] },
                  periodSeconds: 1,
                  timeoutSeconds: 10,
                  failureThreshold: 2_147_483_647,
                },
                volumeMounts: [
                  { name: 'shm', mountPath: '/dev/shm' },
                  { name: 'volume-0', mountPath: '/data' },
                  { name: 'volume-0', mountPath: '/more' },
                  { name: 'volume-1', mountPath: '/out', subPath: 'runs/1' },
                  { name: 'peers', mountPath: '/run/k8s-cli', readOnly: true },
                ],
              },
            ],
            securityContext: { fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch' },
            volumes: [
              { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '4Gi' } },
              { name: 'volume-0', persistentVolumeClaim: { claimName: 'data-v1' } },
              { name: 'volume-1', persistentVolumeClaim: { claimName: 'out-v2' } },
              {
                name: 'peers',
                downwardAPI: {
                  items: [{ path: 'peers', fieldRef: { fieldPath: "metadata.annotations['k8s-cli/peers']" } }],
                },
              },
            ],
          },
        },
      },
    });
  });

  it('asks for nothing that the task does not ask for', () => {
    const plain = { ...TASK, spec: spec(), mounts: [] };
    const { spec: pod } = podObject(plain, 0) as { spec: object };
    expect(pod).to.not.have.any.keys('hostname', 'subdomain', 'securityContext', 'affinity', 'imagePullSecrets');
    expect(pod).to.deep.include({ volumes: [{ name: 'shm', emptyDir: { medium: 'Memory' } }] });
    expect(containerOf(plain)).to.deep.include({ image: DEFAULT_IMAGE, resources: { requests: {}, limits: {} } });
    expect(containerOf(plain)).to.not.have.any.keys('workingDir', 'envFrom', 'startupProbe');
    expect(environmentOf(plain, 0)).to.include({ NODE_RANK: '0', NUM_NODES: '1', SKYPILOT_NUM_GPUS_PER_NODE: '0' });
    expect((jobObject(plain, 0) as { metadata: { name: string } }).metadata.name).to.equal('my-task-abc12345');
  });

  it('says on the pod that nobody asked for its image, where that is so', () => {
    const annotationsOf = (made: TaskSpec): object => {
      const pod = podObject({ ...TASK, spec: made }, 0) as { metadata: { annotations: object } };
      return pod.metadata.annotations;
    };
    const podConfig = { containers: [{ image: 'a' }] };
    expect(annotationsOf(spec())).to.include({ 'k8s-cli/default-image': 'true' });
    for (const made of [
      spec({ resources: resources({ image: DEFAULT_IMAGE }) }),
      spec({ kubernetes: { ...spec().kubernetes, podConfig } }),
    ]) {
      expect(annotationsOf(made)).to.deep.equal({ 'num-nodes': '1' });
    }
  });

  it('is the same where it was made before its record', () => {
    const { uid, ...before } = TASK;
    for (const index of [0, 1]) {
      expect(JSON.parse(jobToCome(before, index, SITE)(uid))).to.deep.equal(jobObject(TASK, index));
    }
  });

  it('lets nobody say which node it is, and everybody where the others meet', () => {
    const task = { ...TASK, spec: spec({ numNodes: 2, envs: { NUM_NODES: '9', MASTER_ADDR: 'elsewhere' } }) };
    expect(environmentOf(task, 1)).to.include({ NODE_RANK: '1', NUM_NODES: '2', MASTER_ADDR: 'elsewhere' });
  });

  it('knows its own address where it is the only one', () => {
    const own = { valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };
    const { env } = containerOf({ ...TASK, spec: spec() });
    for (const name of ['SKYPILOT_NODE_IPS', 'SKYPILOT_SETUP_NODE_IPS', 'MASTER_ADDR']) {
      expect(env).to.deep.include({ name, ...own });
    }
  });
});

describe('the Service of a task', () => {
  it('finds all its nodes, before they are ready too', () => {
    expect(serviceObject(TASK)).to.deep.include({
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: { 'task-id': 'abc12345' } },
    });
    expect((serviceObject(TASK) as { metadata: object }).metadata).to.deep.include({
      name: 'task-abc12345',
      ownerReferences: OWNER,
    });
  });
});
