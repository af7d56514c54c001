import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { type EmptyRegistry, startEmptyRegistry } from '../support/registry.js';
import { REAL } from '../support/target.js';
import type { TaskJson } from '../support/task-json.js';

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

  /** Submits a task; resolves when its diagnosis has this category. */
  const diagnosed = async (task: object, category: string): Promise<TaskJson> => {
    const { task_id: id } = await house.submit(JSON.stringify({ run: 'sleep 600 & wait', ...task }));
    return eventually(async () => {
      const seen = await house.task(id);
      expect(seen.diagnosis?.category, JSON.stringify(seen.diagnosis)).to.equal(category);
      return seen;
    });
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

  it('tells an image that does not exist from one that needs a login', async () => {
    const image = (host: string | undefined): object => ({ resources: { image_id: `${host}/no/such:1` } });
    await Promise.all([
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
      await check({ title: '', task: {}, category: 'PodSecurity', cause: /violates PodSecurity "restricted:latest"/ });
    } finally {
      await enforce(null);
    }
    const limits = [{ type: 'Container', max: { cpu: '1' } }];
    const body = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'small' }, spec: { limits } };
    await client.request({ method: 'POST', path: `${path}/limitranges`, body });
    try {
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
