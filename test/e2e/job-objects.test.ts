import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';

describe('the objects of a task', () => {
  const house = useHouse();

  it('one node is one Job, made as documented', async () => {
    const { task_id: id } = await house.submit({
      name: 'my.first_Task',
      workdir: '/tmp',
      resources: { cpus: '100m', memory: '64Mi' },
      envs: { GREETING: 'costs $5, $(HOME) and $$' },
      run: 'echo "$GREETING in $(pwd)"',
    });
    const jobs = await house.kubernetes.list('jobs');
    expect(jobs).to.have.length(1);
    const [job] = jobs;
    const labels = { 'skypilot-task': 'true', 'task-id': id, 'task-name': 'my.first_Task', username: 'alice' };
    expect(job?.metadata?.name).to.equal(`my-first-task-${id}`);
    expect(job?.metadata?.labels).to.include({ ...labels, 'node-idx': '0' });
    expect(job?.metadata?.annotations).to.include({ 'num-nodes': '1' });
    expect(Date.parse(job?.metadata?.annotations?.['created-at'] ?? '')).to.be.closeTo(Date.now(), 60_000);
    expect(job?.spec).to.include({ backoffLimit: 0, completions: 1, parallelism: 1 });
    const template = job?.spec?.template;
    expect(template?.metadata?.labels).to.include({ ...labels, 'node-idx': '0' });
    expect(template?.spec).to.include({
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
    const containers = template?.spec?.containers ?? [];
    expect(containers).to.have.length(1);
    expect(containers[0]).to.deep.include({
      name: 'task',
      image: 'python:3.13-slim',
      workingDir: '/tmp',
      resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
    });
    expect(containers[0]?.env).to.deep.include.members([
      { name: 'NODE_RANK', value: '0' },
      { name: 'NUM_NODES', value: '1' },
    ]);
    expect(await house.log(id)).to.deep.equal(['costs $5, $(HOME) and $$ in /tmp']);
  });

  it('several nodes are as many Jobs, and each knows its rank', async () => {
    const { task_id: id } = await house.submit({ num_nodes: 3, run: 'echo "$NODE_RANK of $NUM_NODES"' });
    const jobs = await house.kubernetes.list('jobs', `task-id=${id}`);
    const names = jobs.map(({ metadata }) => metadata?.name ?? '').toSorted();
    expect(names).to.deep.equal([0, 1, 2].map((index) => `task-${id}-${id}-node-${index}`));
    for (const { metadata } of jobs) {
      expect(metadata?.name).to.match(new RegExp(`-node-${metadata?.labels?.['node-idx']}$`));
      expect(metadata?.annotations).to.include({ 'num-nodes': '3' });
    }
    const { metadata } = await house.task(id);
    expect(metadata).to.deep.include({ job_name: names[0], num_nodes: 3, node_jobs: names });
    expect(await house.log(id)).to.have.members([0, 1, 2].map((rank) => `node-${rank} | ${rank} of 3`));
  });

  it('a GPU is a limit only', async () => {
    const { task_id: id } = await house.submit({ resources: { accelerators: '2' }, run: 'true' });
    const [job] = await house.kubernetes.list('jobs', `task-id=${id}`);
    const resources = job?.spec?.template.spec?.containers[0]?.resources;
    expect(resources?.limits).to.deep.equal({ 'nvidia.com/gpu': '2' });
    expect(resources?.requests ?? {}).to.deep.equal({});
  });

  it('the four fields without effect are accepted, and said to have none', async () => {
    const resources = { instance_type: 'm5.large', use_spot: true, disk_size: 100, ports: 8080 };
    const { warnings } = await house.submit({ resources, run: 'true' });
    for (const field of Object.keys(resources)) {
      expect(
        warnings.filter((warning) => warning.includes(field)),
        field,
      ).to.have.length(1);
    }
  });

  it('a long name is cut, and everything stays within 63 characters', async () => {
    const name = 'a'.repeat(128);
    const { task_id: id } = await house.submit({ name, num_nodes: 2, run: 'true' });
    const task = await house.task(id);
    expect(task.name).to.equal(name);
    expect(task.metadata.node_jobs[1]).to.equal(`${'a'.repeat(40)}-${id}-node-1`);
    expect((await house.until(id, 'completed')).metadata.succeeded_nodes).to.equal(2);
  });

  it('a Job that another tool made with the same labels is a task too', async () => {
    const labels = { 'skypilot-task': 'true', 'task-id': 'byhand00', 'task-name': 'by-hand', username: 'dora' };
    const task = { name: 'task', image: 'python:3.13-slim', command: ['/bin/sh', '-c', 'echo by hand; exit 6'] };
    const template = { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [task] } };
    const metadata = { name: 'by-hand-byhand00', labels };
    const spec = { backoffLimit: 0, template };
    await house.kubernetes.create('jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata, spec });
    await eventually(async () =>
      expect((await house.rest('GET', '/tasks/byhand00', { user: 'dora' })).status).to.equal(200),
    );
    const { name, nodes } = await house.until('byhand00', 'failed', 'dora');
    expect(name).to.equal('by-hand');
    expect(nodes[0]).to.include({ exit_code: 6, job_name: 'by-hand-byhand00' });
    const { code, stdout } = await house.cli(['jobs', 'logs', 'byhand00'], { user: 'dora' });
    expect({ code, stdout }).to.deep.equal({ code: 6, stdout: 'by hand\n' });
    expect((await house.cli(['jobs', 'list'], { user: 'dora' })).stdout).to.contain('byhand00');
  });

  it('a task that another tool is still making waits for its Jobs', async () => {
    const make = (index: number): Promise<void> => {
      const labels = { 'skypilot-task': 'true', 'task-id': 'inparts0', username: 'dora', 'node-idx': String(index) };
      const task = { name: 'task', image: 'python:3.13-slim', command: ['/bin/sh', '-c', `echo node ${index}`] };
      const template = { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [task] } };
      const metadata = { name: `in-parts-${index}`, labels, annotations: { 'num-nodes': '2' } };
      return house.kubernetes.create('jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template } });
    };
    await make(0);
    await eventually(async () =>
      expect((await house.task('inparts0', 'dora')).nodes[0]).to.include({ state: 'COMPLETED' }),
    );
    const begun = await house.task('inparts0', 'dora');
    expect(begun, JSON.stringify(begun.nodes)).to.include({ status: 'pending' });
    expect(begun.nodes[1]).to.include({ state: 'PENDING', reason: 'Submitting' });
    await make(1);
    expect((await house.until('inparts0', 'completed', 'dora')).metadata.succeeded_nodes).to.equal(2);
  });

  it('the record owns everything: deleting it deletes the task', async () => {
    const { task_id: id } = await house.submit({ num_nodes: 2, run: 'echo begun; sleep 600 & wait' });
    const follow = house.startCli(['jobs', 'logs', id]);
    for (const node of [0, 1]) await follow.seen('stdout', new RegExp(`^node-${node} \\| begun$`, 'm'));
    const { uid } = (await house.kubernetes.get('configmaps', `task-${id}`)).metadata ?? {};
    for (const kind of ['jobs', 'services'] as const) {
      for (const { metadata } of await house.kubernetes.list(kind, `task-id=${id}`)) {
        const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: `task-${id}`, uid };
        expect(metadata?.ownerReferences).to.deep.equal([owner]);
      }
    }
    await house.kubernetes.remove('configmaps', `task-${id}`);
    await eventually(async () => {
      for (const kind of ['jobs', 'pods', 'services', 'configmaps'] as const) {
        expect(await house.kubernetes.list(kind, `task-id=${id}`), kind).to.deep.equal([]);
      }
    });
    await eventually(async () => expect((await house.rest('GET', `/tasks/${id}`)).status).to.equal(404));
  });
});
