import { expect } from 'chai';
import type { MachineFacts } from '../../../../../server/domain/placement/cluster-facts.js';
import type { Check, Outage } from '../../../../../server/domain/ports.js';
import { createCheckup } from '../../../../../server/kubernetes/checkup/checkup.js';
import { createClusterFacts } from '../../../../../server/kubernetes/facts.js';
import { json, KubeStub, refuse, type SeenRequest } from '../../../../support/server/kube-stub.js';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';
const NAMESPACE = '/api/v1/namespaces/team-a';

interface Review {
  readonly spec: { readonly resourceAttributes: Record<string, string | undefined> };
}

function machine(gpus: number, freeGpus: number | undefined, labels: Record<string, string> = {}): MachineFacts {
  const amounts = (count: number): { cpus: number; memory: number; gpus: number } => ({
    cpus: 4,
    memory: 1,
    gpus: count,
  });
  return { labels, capacity: amounts(gpus), free: freeGpus === undefined ? undefined : amounts(freeGpus) };
}

describe('the checks of a cluster', () => {
  const { signal } = new AbortController();
  let stub: KubeStub;
  /** What the cluster answers by path: a body, or the code that it refuses with. */
  let answers: Record<string, object | number>;
  let denied: (attributes: Record<string, string | undefined>) => boolean;
  let machines: readonly MachineFacts[] | 'unknown';
  let outage: Outage | undefined;

  beforeEach(async () => {
    answers = {
      '/version': { major: '1', minor: '36', gitVersion: 'v1.36.3' },
      [NAMESPACE]: {},
      [CLASSES]: {
        items: [
          { metadata: { name: 'slow' } },
          { metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } },
        ],
      },
    };
    denied = () => false;
    machines = [machine(0, 0)];
    outage = undefined;
    stub = await KubeStub.start((seen, response) => {
      const answer = seen.path === REVIEWS && answers[REVIEWS] === undefined ? review(seen) : answers[seen.path];
      if (typeof answer === 'object') json(response, { metadata: {}, ...answer });
      else refuse(response, answer ?? 404, 'Refused', `${seen.path} is refused`);
    });
  });
  afterEach(() => stub.stop());

  function review({ body }: SeenRequest): object {
    return { status: { allowed: !denied((body as Review).spec.resourceAttributes) } };
  }

  async function check(name: Check['name']): Promise<Check> {
    const options = { client: stub.client, server: 'https://c:6443', namespace: 'team-a', outage: () => outage };
    const facts = { ...createClusterFacts(stub.client, 'test-cluster', 'team-a'), machines: async () => machines };
    const found = await createCheckup({ ...options, facts }).check(signal);
    expect(found.map((one) => one.name)).to.deep.equal([
      'cluster',
      'namespace',
      'permissions',
      'machines',
      'gpus',
      'storage',
    ]);
    const one = found.find((other) => other.name === name);
    if (!one) throw new Error(`nothing is said about ${name}`);
    expect(one.fix === '', `${name}: ${one.message}`).to.equal(one.status === 'ok');
    return one;
  }

  it('find nothing where all is well', async () => {
    for (const [name, words] of [
      ['cluster', 'Kubernetes v1.36.3 answers at https://c:6443'],
      ['namespace', 'namespace team-a is there'],
      ['permissions', 'the server may do all that it needs in namespace team-a'],
      ['machines', '1 machine with 4 CPUs, 4 free'],
      ['gpus', 'no GPUs; tasks that ask for accelerators wait for ever'],
      ['storage', 'volumes are of storage class fast unless told otherwise'],
    ] as const) {
      expect(await check(name)).to.include({ status: 'ok', message: words });
    }
  });

  it('name each right that is missing', async () => {
    denied = ({ namespace, verb, resource, subresource }) =>
      namespace === 'team-a' && ((resource === 'jobs' && verb === 'create') || subresource === 'log');
    const { status, message, fix } = await check('permissions');
    expect({ status, message }).to.deep.equal({
      status: 'failed',
      message: 'the server may not create jobs, get pods/log in namespace team-a',
    });
    expect(fix).to.match(/Role in README\.md/);
  });

  it('warn where tasks run, but nobody can look into them', async () => {
    denied = ({ subresource, verb }) => subresource === 'portforward' && verb === 'create';
    expect(await check('permissions')).to.include({
      status: 'warning',
      message:
        'the server may not create pods/portforward in namespace team-a: jobs exec and jobs port-forward will not work',
    });
  });

  const cases: readonly (readonly [title: string, prepare: () => void, name: Check['name'], found: Partial<Check>])[] =
    [
      [
        'a cluster that is too old',
        () => (answers['/version'] = { major: '1', minor: '28+', gitVersion: 'v1.28.1' }),
        'cluster',
        { status: 'failed', fix: 'use Kubernetes 1.29 or later' },
      ],
      [
        'a cluster that cannot be watched',
        () => (outage = { sinceMs: 0, message: 'forbidden' }),
        'cluster',
        { status: 'failed', message: 'Kubernetes v1.36.3 answers at https://c:6443, but cannot be watched: forbidden' },
      ],
      ['a cluster that refuses', () => (answers['/version'] = 401), 'cluster', { status: 'failed' }],
      [
        'a namespace that is not there',
        () => (answers[NAMESPACE] = 404),
        'namespace',
        { status: 'failed', fix: 'create it: kubectl create namespace team-a' },
      ],
      ['a namespace that may not be looked at', () => (answers[NAMESPACE] = 403), 'namespace', { status: 'ok' }],
      ['no access control', () => (answers[REVIEWS] = 404), 'permissions', { status: 'ok' }],
      ['no machines', () => (machines = []), 'machines', { status: 'failed' }],
      ['machines that may not be listed', () => (machines = 'unknown'), 'gpus', { status: 'warning' }],
      [
        'GPUs',
        () => (machines = [machine(8, 3), machine(8, 2), machine(0, 0)]),
        'gpus',
        { status: 'ok', message: '16 GPUs on 2 machines, 5 free' },
      ],
      [
        'GPUs of which it may not be known which are free',
        () => (machines = [machine(1, undefined)]),
        'gpus',
        { status: 'ok', message: '1 GPU on 1 machine' },
      ],
      [
        'GPUs without a device plugin',
        () => (machines = [machine(0, 0, { 'nvidia.com/gpu.present': 'true' })]),
        'gpus',
        { status: 'warning', message: '1 machine with GPUs does not offer them to Kubernetes' },
      ],
      ['no storage class', () => (answers[CLASSES] = { items: [] }), 'storage', { status: 'warning' }],
      [
        'no default storage class',
        () => (answers[CLASSES] = { items: [{ metadata: { name: 'slow' } }] }),
        'storage',
        { status: 'warning', message: 'no storage class is the default; there are slow' },
      ],
      ['storage classes that may not be seen', () => (answers[CLASSES] = 403), 'storage', { status: 'warning' }],
      ['a cluster without storage classes', () => (answers[CLASSES] = 404), 'storage', { status: 'ok' }],
    ];
  for (const [title, prepare, name, found] of cases) {
    it(`tell of ${title}`, async () => {
      prepare();
      expect(await check(name)).to.include(found);
    });
  }
});
