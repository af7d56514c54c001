import type { V1NodeList, V1SecretList } from '@kubernetes/client-node';
import { expect } from 'chai';
import { hasCode } from '../../server/kubernetes/api/errors.js';
import { eventually } from '../support/eventually.js';
import { uniqueName, useHouse } from '../support/house.js';
import { createQuota } from '../support/quota.js';
import { type EmptyRegistry, startEmptyRegistry } from '../support/registry.js';
import { rest } from '../support/rest.js';
import { REAL } from '../support/target.js';
import type { SubmittedJson, TaskJson } from '../support/task-json.js';

/** What stands in the way of a task, and what is to be said of it. */
interface Case {
  readonly title: string;
  readonly task: object;
  readonly category: string;
  readonly cause: RegExp;
}

const BIG = { cpus: '500' };
const pod = (spec: object): object => ({ config: { kubernetes: { pod_config: { spec } } } });

describe('the diagnosis of a task', () => {
  const house = useHouse();
  let missing: EmptyRegistry | undefined;
  let closed: EmptyRegistry | undefined;

  before(async () => {
    missing = await startEmptyRegistry(404);
    closed = await startEmptyRegistry(401);
  });
  after(async () => {
    await house.cli(['jobs', 'stop', '--all']);
    missing?.close();
    closed?.close();
  });

  const until = (id: string, category: string): Promise<TaskJson> =>
    eventually(async () => {
      const seen = await house.task(id);
      expect(seen.diagnosis?.category, JSON.stringify(seen.diagnosis)).to.equal(category);
      return seen;
    });

  /** Submits a task; resolves when its diagnosis has this category. */
  const diagnosed = async (task: object, category: string): Promise<TaskJson> => {
    const { task_id: id } = await house.submit(JSON.stringify({ run: 'sleep 600 & wait', ...task }));
    return until(id, category);
  };

  const check = async ({ task, category, cause }: Case): Promise<void> => {
    const { task_id: id, diagnosis } = await diagnosed(task, category);
    expect(diagnosis?.cause).to.match(cause);
    expect(diagnosis?.fix).to.not.equal('');
    const { stdout } = await house.cli(['jobs', 'status', id]);
    // The words may name a pod that is another one by now.
    const [, reason = ''] = /^Reason:\t(.*)$/m.exec(stdout) ?? [];
    expect(reason).to.match(cause);
    expect(stdout).to.contain(`Fix:\t${diagnosis?.fix}`);
  };

  for (const one of [
    {
      title: 'no machine is large enough',
      task: { resources: BIG },
      category: 'InsufficientResources',
      cause: /Insufficient cpu/,
    },
    {
      title: 'no machine has what it selects',
      task: pod({ nodeSelector: { 'k8s-cli.test/none': 'x' } }),
      category: 'NoMatchingMachine',
      cause: /didn't match Pod's node affinity\/selector/,
    },
  ] satisfies Case[]) {
    it(`says that ${one.title}`, () => check(one));
  }

  if (!REAL) return;

  /** Tries to create a pod with such a container until the API server refuses that: of what it has stored itself it hears a moment later. */
  const untilPodsAreRefused = (container: object): Promise<void> =>
    eventually(async () => {
      const { client, namespace } = house.kubernetes;
      const spec = { containers: [{ name: 'main', image: 'plain', ...container }] };
      const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe' }, spec };
      const path = `/api/v1/namespaces/${namespace}/pods`;
      const answer = client.request({ method: 'POST', path, query: { dryRun: 'All' }, body, retry: false });
      expect(await answer.catch((error: unknown) => hasCode(error, 403))).to.equal(true);
    });

  it('tells an image that does not exist from one that needs a login, and ends a task whose image cannot be one', async () => {
    const image = (host: string | undefined): object => ({ resources: { image_id: `${host}/no/such:1` } });
    const shortDigest = { resources: { image_id: `busybox@sha256:${'a'.repeat(63)}` } };
    await Promise.all([
      diagnosed(shortDigest, 'InvalidImage').then(async ({ task_id: id, nodes }) => {
        expect(nodes[0]?.reason).to.equal('InvalidImageName');
        const { diagnosis } = await house.until(id, 'failed');
        expect(diagnosis).to.include({ category: 'InvalidImage', fix: 'correct resources.image_id', retryable: false });
      }),
      check({
        title: '',
        task: image(missing?.host),
        category: 'ImageNotFound',
        cause: /^image "127\.\S+\/no\/such:1" does not exist$/,
      }),
      check({
        title: '',
        task: image(closed?.host),
        category: 'ImageAccessDenied',
        cause: /may not be pulled without a login$/,
      }),
    ]);
  });

  it('says that machines are reserved', async function () {
    const { client } = house.kubernetes;
    const { body } = await client.request<V1NodeList>({ method: 'GET', path: '/api/v1/nodes' });
    const [node, ...others] = body.items;
    const formerly = node?.spec?.taints ?? null;
    // Not on a cluster that others may use meanwhile.
    if (others.length > 0 || formerly !== null) return this.skip();
    const path = `/api/v1/nodes/${node?.metadata?.name}`;
    const taint = (taints: object[] | null): Promise<unknown> =>
      client.request({ method: 'PATCH', path, body: { spec: { taints } } });
    await taint([{ key: 'k8s-cli.test/reserved', effect: 'NoSchedule' }]);
    try {
      // The scheduler hears of it a moment later: the first ones may still run.
      await eventually(async () => {
        const { task_id: id } = await house.submit({ run: 'true' });
        const { status } = await eventually(async () => {
          const task = await house.task(id);
          expect(task.status === 'completed' || task.diagnosis?.category === 'Tainted').to.equal(true);
          return task;
        });
        expect(status).to.equal('pending');
      });
      await check({ title: '', task: {}, category: 'Tainted', cause: /had untolerated taint/ });
    } finally {
      await taint(formerly);
    }
  });

  it('says that a Secret is missing', async () => {
    const { client, namespace } = house.kubernetes;
    await createQuota(house.kubernetes, 'none', { pods: '0' });
    try {
      await untilPodsAreRefused({});
      const { task_id: id } = await diagnosed({ secrets: { TOKEN: 'canary' } }, 'QuotaExceeded');
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      const query = { labelSelector: `task-id=${id}` };
      const { body } = await client.request<V1SecretList>({ method: 'GET', path, query });
      for (const { metadata } of body.items) {
        await client.request({ method: 'DELETE', path: `${path}/${metadata?.name}` });
      }
      expect(body.items).to.not.deep.equal([]);
      await house.kubernetes.remove('resourcequotas', 'none');
      const { diagnosis } = await until(id, 'SecretMissing');
      expect(diagnosis?.cause).to.match(/secret "\S+" not found/);
    } finally {
      await house.kubernetes.remove('resourcequotas', 'none').catch(() => {});
    }
  });

  describe('what a task may name only where the server allows it', () => {
    let url = '';
    before(async () => {
      const flags = ['--allow-pod-config', 'volumes.hostPath,nodeName'];
      ({ url } = await house.anotherServer(undefined, 0, flags));
    });
    const submit = async (spec: object): Promise<string> => {
      const body = JSON.stringify({ run: 'date', ...pod(spec) });
      const headers = { 'content-type': 'application/yaml' };
      const { status, text } = await rest(url, 'POST', '/tasks/submit', { headers, body });
      expect(status, text).to.equal(200);
      return (JSON.parse(text) as SubmittedJson).task_id;
    };

    it('says that a volume cannot be mounted', async () => {
      const id = await submit({
        volumes: [{ name: 'lost', hostPath: { path: '/no/such/folder', type: 'Directory' } }],
        containers: [{ volumeMounts: [{ name: 'lost', mountPath: '/lost' }] }],
      });
      const { diagnosis } = await until(id, 'VolumeMount');
      expect(diagnosis?.cause).to.contain('/no/such/folder is not a directory');
    });

    it('says that its machine was lost', async () => {
      const { client, namespace } = house.kubernetes;
      const machine = uniqueName('z-lost');
      const body = { apiVersion: 'v1', kind: 'Node', metadata: { name: machine }, spec: { unschedulable: true } };
      await client.request({ method: 'POST', path: '/api/v1/nodes', body });
      try {
        const id = await submit({ nodeName: machine });
        const name = await eventually(async () => {
          const [own] = await house.kubernetes.list('pods', `task-id=${id}`);
          expect(own?.spec?.nodeName).to.equal(machine);
          return own?.metadata?.name;
        });
        // What Kubernetes writes when it gives up the pods of a machine that it has not heard of for minutes.
        const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: '' };
        await client.request({
          method: 'PATCH',
          path: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
          body: { status: { phase: 'Failed', conditions: [condition] } },
        });
        const { status, diagnosis } = await until(id, 'NodeLost');
        expect({ status, retryable: diagnosis?.retryable }).to.deep.equal({ status: 'failed', retryable: true });
      } finally {
        await client.request({ method: 'DELETE', path: `/api/v1/nodes/${machine}` });
      }
    });
  });

  it('says that a container cannot be made', () =>
    check({
      title: '',
      task: pod({ securityContext: { runAsNonRoot: true } }),
      category: 'ContainerConfig',
      cause: /runAsNonRoot and image will run as root/,
    }));

  it('says that a volume is not provided', async () => {
    expect(
      (await house.cli(['volumes', 'create', 'nowhere', '1Gi', '--storage-class', 'no-such-class'])).code,
    ).to.equal(0);
    await check({
      title: '',
      task: { volumes: { '/data': 'nowhere' } },
      category: 'VolumePending',
      cause: /unbound immediate PersistentVolumeClaims|storageclass.* not found/i,
    });
  });

  it('says that Pod Security, or a limit of the namespace, refuses its pod', async () => {
    const { client, namespace } = house.kubernetes;
    const path = `/api/v1/namespaces/${namespace}`;
    const enforce = (level: string | null): Promise<unknown> =>
      client.request({
        method: 'PATCH',
        path,
        body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } },
      });
    await enforce('restricted');
    try {
      await untilPodsAreRefused({});
      await check({ title: '', task: {}, category: 'PodSecurity', cause: /violates PodSecurity "restricted:latest"/ });
    } finally {
      await enforce(null);
    }
    const limits = [{ type: 'Container', max: { cpu: '1' } }];
    const body = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'small' }, spec: { limits } };
    await client.request({ method: 'POST', path: `${path}/limitranges`, body });
    try {
      await untilPodsAreRefused({ resources: { requests: { cpu: '2' }, limits: { cpu: '2' } } });
      await check({
        title: '',
        task: { resources: { cpus: 2 } },
        category: 'LimitRange',
        cause: /maximum cpu usage per Container is 1/,
      });
    } finally {
      await client.request({ method: 'DELETE', path: `${path}/limitranges/small` });
    }
  });

  it('says that memory ran out, of the program and of a child of it', async () => {
    const hungry = 'x = bytearray(200 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1';
    const ends = await Promise.all(
      [`exec python3 -c '${hungry}'`, `python3 -c '${hungry}'; echo "the child gave $?"; exit 3`].map((run) =>
        diagnosed({ resources: { memory: '64Mi' }, run }, 'OutOfMemory'),
      ),
    );
    for (const { diagnosis } of ends) expect(diagnosis?.fix).to.contain('resources.memory');
  });

  it('says that its pod was evicted', async () => {
    const { task_id: id } = await house.submit({ run: 'echo begun; sleep 600 & wait' });
    const { nodes } = await house.until(id, 'running');
    const { client, namespace } = house.kubernetes;
    const name = nodes[0]?.pod_name;
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
    await client.request({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, body });
    const { diagnosis } = await house.until(id, 'failed');
    expect(diagnosis).to.include({ category: 'Evicted', retryable: true });
  });

  it('says that a program is for another machine, and where nothing can be written', async () => {
    const foreign =
      'printf "\\177ELF\\002\\001\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000\\002\\000\\267\\000" > /tmp/x; chmod +x /tmp/x; /tmp/x';
    await Promise.all([
      diagnosed({ run: foreign }, 'ExecFormat'),
      diagnosed({ run: 'mkdir /sys/here' }, 'ReadOnlyFileSystem'),
    ]);
  });
});
