import type { V1NodeList, V1Pod } from '@kubernetes/client-node';
import { expect } from 'chai';
import { hasCode } from '../../server/kubernetes/api/errors.js';
import { eventually } from '../support/eventually.js';
import { uniqueName, useHouse } from '../support/house.js';
import { rest } from '../support/rest.js';
import { REAL, targetKubeconfig } from '../support/target.js';

const YAML = { 'content-type': 'application/yaml' };
const GPU = 'nvidia.com/gpu';
const PRODUCT = 'nvidia.com/gpu.product';

describe('where a task runs, and as what', () => {
  const house = useHouse();
  const podOf = async (id: string): Promise<V1Pod> => {
    const [pod] = await house.kubernetes.list('pods', `task-id=${id}`);
    if (!pod) throw new Error(`task ${id} has no pod`);
    return pod;
  };
  const refused = async (body: string): Promise<string> => {
    const { status, text } = await house.rest('POST', '/tasks/submit', { headers: YAML, body });
    expect(status, text).to.equal(400);
    return text;
  };

  // Nothing is behind these GPUs: the scheduler counts what the Node object says, and a task is told how many it has.
  describe('GPUs', () => {
    let node = '';
    let formerly: readonly [gpus: string | null, product: string | null] = [null, null];
    const patch = async (path: string, body: object): Promise<void> => {
      await house.kubernetes.client.request({ method: 'PATCH', path: `/api/v1/nodes/${path}`, body });
    };
    /** How many GPUs the machine says that it has; null takes the resource away. */
    const advertise = (name: string, gpus: string | null): Promise<void> =>
      patch(`${name}/status`, { status: { capacity: { [GPU]: gpus }, allocatable: { [GPU]: gpus } } });
    const label = (product: string | null): Promise<void> =>
      patch(node, { metadata: { labels: { [PRODUCT]: product } } });

    before('a machine with four A100', async function () {
      const { body } = await house.kubernetes.client.request<V1NodeList>({ method: 'GET', path: '/api/v1/nodes' });
      // Real GPUs are left alone: their device plugin says how many there are.
      if (body.items.some(({ status }) => Number(status?.allocatable?.[GPU] ?? 0) > 0)) this.skip();
      const machine = body.items.find(({ spec }) => !spec?.unschedulable && (spec?.taints ?? []).length === 0);
      const name = machine?.metadata?.name;
      if (name === undefined) return this.skip();
      try {
        await advertise(name, '4');
      } catch (error) {
        if (hasCode(error, 403)) this.skip();
        throw error;
      }
      node = name;
      formerly = [machine?.status?.allocatable?.[GPU] ?? null, machine?.metadata?.labels?.[PRODUCT] ?? null];
      await label('NVIDIA-A100-SXM4-80GB');
    });

    after('the machine as it was', async () => {
      if (node === '') return;
      const [gpus, product] = formerly;
      await advertise(node, gpus);
      await label(product);
    });

    it('are given by their number', async () => {
      const yaml = 'run: echo "$SKYPILOT_NUM_GPUS_PER_NODE"\nresources: {accelerators: 1}';
      const { task_id: id } = await house.submit(yaml);
      expect(await house.log(id)).to.deep.equal(['1']);
      const { spec } = await podOf(id);
      expect(spec?.containers[0]?.resources?.limits).to.deep.equal({ [GPU]: '1' });
    });

    it('are given by their name, which the labels of machines have', async () => {
      const yaml = 'run: echo "$SKYPILOT_NUM_GPUS_PER_NODE"\nresources: {accelerators: "A100-80GB:2"}';
      const { task_id: id } = await house.submit(yaml);
      expect(await house.log(id)).to.deep.equal(['2']);
      const { spec } = await podOf(id);
      const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
      expect(terms).to.deep.equal([
        { matchExpressions: [{ key: PRODUCT, operator: 'In', values: ['NVIDIA-A100-SXM4-80GB'] }] },
      ]);
    });

    for (const name of ['H100', 'A100']) {
      it(`of the name ${name} are refused with those that there are`, async () => {
        const text = await refused(`run: a\nresources: {accelerators: ${name}}`);
        expect(text).to.match(new RegExp(`no machine of the cluster has the GPU ${name}; there are A100-80GB \\(`));
      });
    }

    it('of which no machine has as many are waited for, which is said at once', async () => {
      const { task_id: id, warnings } = await house.submit('run: a\nresources: {accelerators: "A100-80GB:5"}');
      expect(warnings.join('\n')).to.contain('have room for 0 of 1 nodes with accelerators A100-80GB:5');
      const { diagnosis } = await eventually(async () => {
        const task = await house.task(id);
        expect(task.diagnosis?.cause).to.contain('Insufficient nvidia.com/gpu');
        return task;
      });
      expect(diagnosis?.category).to.equal('InsufficientResources');
      await house.cli(['jobs', 'stop', id]);
    });

    it('are taken of alternatives only if there are enough', async () => {
      const choices = '[{accelerators: "H100:1"}, {accelerators: "A100-80GB:8"}, {accelerators: "A100-80GB:3"}]';
      const yaml = `run: echo "$SKYPILOT_NUM_GPUS_PER_NODE"\nresources: {ordered: ${choices}}`;
      const { task_id: id } = await house.submit(yaml);
      expect(await house.log(id)).to.deep.equal(['3']);
    });
  });

  it('a priority class that there is not is refused', async () => {
    expect(await refused('run: a\nresources: {priority_class: nowhere}')).to.contain(
      'the cluster has no PriorityClass \\"nowhere\\"',
    );
  });

  it('a priority class stands in the pod', async function () {
    if (!REAL) this.skip();
    const name = uniqueName('e2e');
    const path = '/apis/scheduling.k8s.io/v1/priorityclasses';
    const object = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 7 };
    await house.kubernetes.client.request({ method: 'POST', path, body: object });
    try {
      const { task_id: id } = await house.submit(`run: echo ran\nresources: {priority_class: ${name}}`);
      expect(await house.log(id)).to.deep.equal(['ran']);
      expect((await podOf(id)).spec).to.include({ priorityClassName: name, priority: 7 });
    } finally {
      await house.kubernetes.client.request({ method: 'DELETE', path: `${path}/${name}` });
    }
  });

  it('a priority for which the server has no class is told to have no effect', async () => {
    const { task_id: id, warnings } = await house.submit('run: echo ran\nresources: {priority: 100}');
    expect(warnings.join('\n')).to.contain('resources.priority: ignored: this server has no PriorityClass for 100');
    expect(await house.log(id)).to.deep.equal(['ran']);
  });

  it('what the server allows is given: a priority by the class that it stands for, a service account by its name', async function () {
    if (!REAL) this.skip();
    const name = uniqueName('e2e');
    const { namespace, client } = house.kubernetes;
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
    const priorityClass = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 7 };
    await client.request({ method: 'POST', path: classes, body: priorityClass });
    try {
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } };
      const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
      await client.request({ method: 'POST', path: accounts, body: account });
      const flags = ['--priority-classes', `500=${name}`, '--allow-service-accounts', 'robot'];
      const { url } = await house.anotherServer(targetKubeconfig(), 0, flags);
      const body = 'run: echo ran\nresources: {priority: 600}\nconfig: {kubernetes: {remote_identity: robot}}';
      const { status, text } = await rest(url, 'POST', '/tasks/submit', { headers: YAML, body });
      expect(status, text).to.equal(200);
      const { task_id: id } = JSON.parse(text) as { task_id: string };
      expect(await house.log(id)).to.deep.equal(['ran']);
      const { spec } = await podOf(id);
      expect(spec).to.include({ priorityClassName: name, priority: 7, serviceAccountName: 'robot' });
    } finally {
      await client.request({ method: 'DELETE', path: `${classes}/${name}` });
    }
  });

  it('a queue is refused where there is no Kueue, a service account where the server allows none', async () => {
    const config = (text: string): string => `run: a\nconfig: {kubernetes: {${text}}}`;
    expect(await refused(config('kueue: {local_queue_name: q}'))).to.contain('the cluster has no Kueue');
    expect(await refused('run: a\nresources: {labels: {kueue.x-k8s.io/queue-name: q}}')).to.contain('has no Kueue');
    expect(await refused(config('remote_identity: robot'))).to.contain('is not allowed by this server');
  });

  it("another cluster than the server's is refused", async () => {
    expect(await refused('run: a\nresources: {infra: k8s/elsewhere}')).to.match(
      /this server serves .* not .*elsewhere/,
    );
  });

  it('limits are as config says', async () => {
    const yaml = (limits: string): string =>
      `run: echo ran\nresources: {cpus: "100m", memory: 64Mi}\nconfig: {kubernetes: {set_pod_resource_limits: ${limits}}}`;
    for (const [limits, expected] of [
      ['true', { cpu: '100m', memory: '64Mi' }],
      ['false', undefined],
      ['2', { cpu: '200m', memory: String(128 * 1024 * 1024) }],
    ] as const) {
      const { task_id: id } = await house.submit(yaml(limits));
      expect(await house.log(id)).to.deep.equal(['ran']);
      const { spec } = await podOf(id);
      expect(spec?.containers[0]?.resources?.limits, limits).to.deep.equal(expected);
      expect(spec?.containers[0]?.resources?.requests).to.deep.equal({ cpu: '100m', memory: '64Mi' });
    }
  });

  it('an image of a private registry is pulled with the login', async () => {
    const login =
      'SKYPILOT_DOCKER_USERNAME: ann, SKYPILOT_DOCKER_PASSWORD: pw, SKYPILOT_DOCKER_SERVER: reg.example.com';
    const yaml = `run: a\nsecrets: {${login}}\nresources: {image_id: team/image}`;
    const { task_id: id } = await house.submit(yaml);
    const [job] = await house.kubernetes.list('jobs', `task-id=${id}`);
    const spec = job?.spec?.template.spec;
    expect(spec?.imagePullSecrets).to.deep.equal([{ name: `task-${id}-registry` }]);
    expect(spec?.containers[0]?.image).to.equal('reg.example.com/team/image');
    const { client, namespace } = house.kubernetes;
    const path = `/api/v1/namespaces/${namespace}/secrets/task-${id}-registry`;
    const { body } = await client.request<{ type: string; data: Record<string, string> }>({ method: 'GET', path });
    expect(body.type).to.equal('kubernetes.io/dockerconfigjson');
    const config = Buffer.from(body.data['.dockerconfigjson'] ?? '', 'base64').toString();
    expect(JSON.parse(config)).to.have.nested.property('auths.reg\\.example\\.com.username', 'ann');
    await house.cli(['jobs', 'stop', id]);
  });
});
