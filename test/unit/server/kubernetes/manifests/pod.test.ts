import { expect } from 'chai';
import { podSpec } from '../../../../../server/kubernetes/manifests/pod.js';
import { jobObject } from '../../../../../server/kubernetes/manifests/job.js';
import type { LaunchedTask } from '../../../../../server/kubernetes/manifests/task.js';
import { parseTaskYaml } from '../../../../../taskfile/task-spec.js';
import { ANYWHERE } from '../../../../support/server/specs.js';
import { T0 } from '../../../../support/server/views.js';

interface Pod {
  readonly containers: [
    {
      readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
      readonly resources: { readonly requests: object; readonly limits: object };
      readonly [field: string]: unknown;
    },
  ];
  readonly [field: string]: unknown;
}

function task(yaml: string, over: Partial<LaunchedTask> = {}): LaunchedTask {
  const result = parseTaskYaml(`run: a\n${yaml}`);
  if (!result.ok) throw new Error(JSON.stringify(result.violations));
  const { spec } = result;
  return {
    id: 'abc12345',
    uid: 'u',
    user: 'ann',
    name: 'demo',
    createdAtMs: T0 + 123,
    attempt: 0,
    spec,
    mounts: [],
    placement: ANYWHERE,
    ...over,
  };
}

const podOf = (yaml: string, over?: Partial<LaunchedTask>): Pod => podSpec(task(yaml, over), 0, 'dev') as Pod;
const envOf = (yaml: string, over?: Partial<LaunchedTask>): Record<string, unknown> =>
  Object.fromEntries(
    podOf(yaml, over).containers[0].env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]),
  );

describe('the pod of a node', () => {
  it('has shared memory as large as its memory allows', () => {
    expect(podOf('resources: {memory: 2}').volumes).to.deep.include({
      name: 'shm',
      emptyDir: { medium: 'Memory', sizeLimit: '2Gi' },
    });
  });

  it('takes secrets from the Secret of the task', () => {
    const pod = podOf('secrets: {TOKEN: hunter2}');
    expect(pod.containers[0]['envFrom']).to.deep.equal([{ secretRef: { name: 'task-abc12345' } }]);
    expect(JSON.stringify(pod)).not.to.contain('hunter2');
  });

  it('pulls with the login of the task, whose variables the container does not see', () => {
    const login = 'SKYPILOT_DOCKER_USERNAME: ann, SKYPILOT_DOCKER_PASSWORD: hunter2, SKYPILOT_DOCKER_SERVER: r.io';
    const pod = podOf(`envs: {${login}}\nresources: {image_id: team/x}`);
    expect(pod).to.deep.include({ imagePullSecrets: [{ name: 'task-abc12345-registry' }] });
    expect(pod.containers[0]['image']).to.equal('r.io/team/x');
    expect(JSON.stringify(pod)).not.to.match(/hunter2|SKYPILOT_DOCKER/);
  });

  it('takes secrets that the server has, as variables and as files', () => {
    const managedSecrets = [
      { name: 'A', mountPath: undefined, secret: 's', key: 'k' },
      { name: 'B', mountPath: '/etc/b', secret: 't', key: 'l' },
    ];
    const pod = podOf('', { placement: { ...ANYWHERE, managedSecrets } });
    expect(pod.containers[0].env).to.deep.include({ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } });
    expect(pod.volumes).to.deep.include({
      name: 'secret-0',
      secret: { secretName: 't', items: [{ key: 'l', path: 'value' }], defaultMode: 0o400 },
    });
    expect(pod.containers[0]['volumeMounts']).to.deep.include({
      name: 'secret-0',
      mountPath: '/etc/b',
      subPath: 'value',
      readOnly: true,
    });
  });

  for (const [context, mode] of [
    ['{}', 0o400],
    ['{securityContext: {runAsUser: 0}}', 0o400],
    ['{securityContext: {runAsUser: 1234}}', 0o444],
    ['{securityContext: {runAsNonRoot: true}}', 0o444],
    ['{securityContext: {runAsUser: 1234}, containers: [{securityContext: {runAsUser: 0}}]}', 0o400],
    ['{containers: [{securityContext: {runAsUser: 1234}}]}', 0o444],
  ] as const) {
    it(`gives files of secrets the mode ${mode.toString(8)} with ${context}`, () => {
      const managedSecrets = [{ name: 'B', mountPath: '/etc/b', secret: 't', key: 'l' }];
      const pod = podOf(`config: {kubernetes: {pod_config: {spec: ${context}}}}`, {
        placement: { ...ANYWHERE, managedSecrets },
      });
      expect(pod.volumes).to.deep.include({
        name: 'secret-0',
        secret: { secretName: 't', items: [{ key: 'l', path: 'value' }], defaultMode: mode },
      });
    });
  }

  it('has limits as they are asked for', () => {
    const limits = (text: string): object =>
      podOf(
        `resources: {cpus: 1.5, memory: 3, accelerators: 1}\nconfig: {kubernetes: {set_pod_resource_limits: ${text}}}`,
      ).containers[0].resources.limits;
    expect(limits('true')).to.deep.equal({ cpu: '1500m', memory: '3Gi', 'nvidia.com/gpu': '1' });
    expect(limits('false')).to.deep.equal({ 'nvidia.com/gpu': '1' });
    expect(limits('1.5')).to.deep.equal({ cpu: '2250m', memory: '4831838208', 'nvidia.com/gpu': '1' });
  });

  it('gets what pod_config says merged into it', () => {
    const config = {
      tolerations: [{ key: 'gpu' }],
      terminationGracePeriodSeconds: 5,
      securityContext: { runAsUser: 7 },
      enableServiceLinks: null,
      volumes: [{ name: 'x', emptyDir: {} }],
      containers: [
        { name: 'other', env: [{ name: 'NUM_NODES', value: '9' }], resources: { limits: { 'a.b/c': '1' } } },
        { name: 'second' },
      ],
    };
    const pod = podOf(`resources: {cpus: 1}\nconfig: {kubernetes: {pod_config: {spec: ${JSON.stringify(config)}}}}`);
    expect(pod).to.deep.include({
      tolerations: [{ key: 'gpu' }],
      terminationGracePeriodSeconds: 5,
      securityContext: { runAsUser: 7 },
    });
    expect(pod).not.to.have.property('enableServiceLinks');
    expect(pod.volumes).to.have.length(2);
    expect(pod.containers).to.have.length(1);
    const [container] = pod.containers;
    expect(container['name']).to.equal('task');
    expect(container.resources.limits).to.deep.equal({ cpu: '1', 'a.b/c': '1' });
    expect(container.env.findLast(({ name }) => name === 'NUM_NODES')?.value, 'ours comes last and wins').to.equal('1');
  });

  it('may run on the machines that were found, within what pod_config requires', () => {
    const nodeTerms = [[{ key: 'gpu', values: ['h100'] }], [{ key: 'gke', values: ['x', 'y'] }]];
    const placement = { ...ANYWHERE, nodeTerms, priorityClass: 'high' };
    const required = 'requiredDuringSchedulingIgnoredDuringExecution';
    const own = {
      affinity: {
        nodeAffinity: {
          [required]: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }] },
        },
      },
    };
    const inGpu = { key: 'gpu', operator: 'In', values: ['h100'] };
    const inGke = { key: 'gke', operator: 'In', values: ['x', 'y'] };
    expect(podOf('', { placement })).to.deep.include({
      priorityClassName: 'high',
      affinity: {
        nodeAffinity: {
          [required]: { nodeSelectorTerms: [{ matchExpressions: [inGpu] }, { matchExpressions: [inGke] }] },
        },
      },
    });
    const zone = { key: 'zone', operator: 'Exists' };
    expect(
      podOf(`config: {kubernetes: {pod_config: {spec: ${JSON.stringify(own)}}}}`, { placement })['affinity'],
    ).to.deep.equal({
      nodeAffinity: {
        [required]: { nodeSelectorTerms: [{ matchExpressions: [zone, inGpu] }, { matchExpressions: [zone, inGke] }] },
      },
    });
  });

  it('has the labels and annotations of the task file, which cannot take those of the system', () => {
    const yaml =
      'resources: {labels: {team: a, both: 1x}}\nconfig: {kubernetes: {custom_metadata: {labels: {both: 2x}, annotations: {c/d: "e f"}}}}';
    const job = jobObject(task(yaml, { placement: { ...ANYWHERE, queue: 'q' } }), 0, 'dev') as {
      metadata: { labels: object; annotations: object };
      spec: { template: { metadata: { labels: object; annotations: object } } };
    };
    for (const metadata of [job.metadata, job.spec.template.metadata]) {
      expect(metadata.labels).to.include({ team: 'a', both: '2x', 'task-id': 'abc12345' });
      expect(metadata.annotations).to.include({ 'c/d': 'e f' });
    }
    expect(job.metadata.labels).to.include({ 'kueue.x-k8s.io/queue-name': 'q' });
    expect(job.spec.template.metadata.labels).not.to.have.property('kueue.x-k8s.io/queue-name');
  });
});

describe('the environment of a node', () => {
  it('is the one of SkyPilot', () => {
    const env = envOf('resources: {accelerators: "H100:8"}', { user: 'ann@example.org', name: 'my_task' });
    expect(env).to.include({
      SKYPILOT_NODE_RANK: '0',
      SKYPILOT_SETUP_NODE_RANK: '0',
      SKYPILOT_NUM_NODES: '1',
      SKYPILOT_NUM_GPUS_PER_NODE: '8',
      SKYPILOT_SETUP_NUM_GPUS_PER_NODE: '8',
      SKYPILOT_TASK_ID: 'sky-managed-2026-11-23-06-00-00-123000_my_task_abc12345-0',
      SKYPILOT_TASK_IDS: 'sky-managed-2026-11-23-06-00-00-123000_my_task_abc12345-0',
      SKYPILOT_CLUSTER_INFO:
        '{"cluster_name": "my-task-abc12345", "cloud": "Kubernetes", "region": "dev", "zone": null}',
      SKYPILOT_USER: 'ann@example.org',
      NODE_RANK: '0',
      NUM_NODES: '1',
      MASTER_PORT: '29500',
    });
  });

  it('leaves defaults to who sets them', () => {
    expect(envOf('envs: {MASTER_ADDR: a, MASTER_PORT: 1, PYTHONUNBUFFERED: ""}')).to.include({
      MASTER_ADDR: 'a',
      MASTER_PORT: '1',
      PYTHONUNBUFFERED: '',
    });
    expect(envOf('secrets: {MASTER_ADDR: a, MASTER_PORT: b}')).not.to.have.any.keys('MASTER_ADDR', 'MASTER_PORT');
  });
});
