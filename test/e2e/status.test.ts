import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { useHouse } from '../support/house.js';
import { itWithVolumes } from '../support/target.js';
import type { TaskJson } from '../support/task-json.js';

/** Each node runs until a file with its rank is on the volume, and ends with the exit code that stands in it. */
const STEERED = {
  num_nodes: 3,
  fail_fast: false,
  volumes: { '/gate': 'gate' },
  run: 'until [ -s "/gate/$GATE-$NODE_RANK" ]; do sleep 0.1; done; exit "$(cat "/gate/$GATE-$NODE_RANK")"',
};

describe('the status of a task', () => {
  const house = useHouse();

  before(async () => {
    expect((await house.cli(['volumes', 'create', 'gate', '1Gi'])).code).to.equal(0);
  });

  /** Lets nodes of a steered task end. */
  const end = async (gate: string, codes: Readonly<Record<number, number>>): Promise<void> => {
    const lines = Object.entries(codes).map(([rank, code]) => `echo ${code} > /gate/${gate}-${rank}`);
    const { task_id } = await house.submit({ volumes: { '/gate': 'gate' }, run: lines.join('\n') });
    await house.until(task_id, 'completed');
  };

  const whenNodes = (id: string, counts: Partial<TaskJson['metadata']>): Promise<TaskJson> =>
    eventually(async () => {
      const task = await house.task(id);
      expect(task.metadata).to.include(counts);
      return task;
    });

  itWithVolumes('is running while any node runs, and completed when all have succeeded', async () => {
    const { task_id: id } = await house.submit({ ...STEERED, envs: { GATE: 'good' } });
    const running = await whenNodes(id, { running_nodes: 3, pending_nodes: 0 });
    expect(running).to.include({ status: 'running', state: 'RUNNING', finished_at: null, diagnosis: null });
    expect(running.started_at).to.not.equal(null);
    await end('good', { 0: 0, 2: 0 });
    const partly = await whenNodes(id, { running_nodes: 1, succeeded_nodes: 2 });
    expect(partly).to.include({ status: 'running', state: 'RUNNING', finished_at: null });
    expect(partly.nodes.map(({ state }) => state)).to.deep.equal(['COMPLETED', 'RUNNING', 'COMPLETED']);
    await end('good', { 1: 0 });
    const completed = await house.until(id, 'completed');
    expect(completed.metadata).to.include({ succeeded_nodes: 3, failed_nodes: 0, running_nodes: 0, pending_nodes: 0 });
    expect(completed.state).to.equal('COMPLETED');
    expect(completed.finished_at).to.not.equal(null);
  });

  itWithVolumes('is failed at the first failed node, but finished with the last one', async () => {
    const { task_id: id } = await house.submit({ ...STEERED, envs: { GATE: 'bad' } });
    await whenNodes(id, { running_nodes: 3 });
    const watched = await house.restStream(`/tasks/${id}/watch`);
    await end('bad', { 1: 3 });
    const failing = await house.until(id, 'failed');
    expect(failing).to.include({ state: 'FAILED', finished_at: null });
    expect(failing.metadata).to.include({ running_nodes: 2, failed_nodes: 1 });
    expect(failing.nodes[1]).to.include({ state: 'FAILED', exit_code: 3 });
    expect(failing.diagnosis).to.include({ category: 'ExitCode', node: 1 });
    expect(failing.diagnosis?.cause).to.match(/^node-1 exited 3 at \d\d:\d\d:\d\d$/);
    await end('bad', { 0: 0, 2: 0 });
    const failed = await whenNodes(id, { running_nodes: 0, succeeded_nodes: 2 });
    expect(failed).to.include({ status: 'failed', state: 'FAILED' });
    expect(failed.finished_at).to.not.equal(null);
    const states: string[] = [];
    for await (const line of watched.lines) {
      if (line === '') continue;
      const { result } = JSON.parse(line) as { result: TaskJson };
      states.push(`${result.status} ${result.metadata.running_nodes}`);
    }
    expect(states[0]).to.equal('running 3');
    expect(states).to.include('failed 2');
    expect(states.at(-1)).to.equal('failed 0');
  });

  it('is pending, with the reason, while no node can run', async () => {
    const { task_id: id } = await house.submit({
      num_nodes: 2,
      resources: { cpus: '500' },
      run: 'echo never',
    });
    const task = await eventually(async () => {
      const pending = await house.task(id);
      expect(pending.diagnosis?.category).to.equal('InsufficientResources');
      // The scheduler may have looked at node 1 first.
      expect(pending.diagnosis?.cause).to.match(/^node-0: \d+\/\d+ nodes are available: .*Insufficient cpu/);
      return pending;
    });
    expect(task).to.include({ status: 'pending', state: 'PENDING', started_at: null, finished_at: null });
    expect(task.metadata).to.include({ pending_nodes: 2, running_nodes: 0 });
    expect(task.diagnosis?.fix).to.not.equal('');
    const { stdout } = await house.cli(['jobs', 'status', id]);
    expect(stdout)
      .to.match(/^Status:\tpending$/m)
      .and.to.match(/^Reason:\t.*Insufficient cpu/m);
  });

  it('counts a node that has to wait as pending while the other one runs', async () => {
    const { task_id: id } = await house.submit({ num_nodes: 2, run: 'echo begun; sleep 600 & wait' });
    const follow = house.startCli(['jobs', 'logs', id]);
    await follow.seen('stdout', /^node-1 \| begun$/m);
    const job = (await house.task(id)).metadata.node_jobs[1] ?? '';
    await house.kubernetes.patch('jobs', job, { spec: { suspend: true } });
    const task = await eventually(async () => {
      const suspended = await whenNodes(id, { running_nodes: 1, pending_nodes: 1 });
      expect(suspended.nodes[1]).to.include({ state: 'PENDING', reason: 'Suspended' });
      return suspended;
    });
    expect(task).to.include({ status: 'running', state: 'RUNNING' });
    await house.kubernetes.patch('jobs', job, { spec: { suspend: false } });
    await whenNodes(id, { running_nodes: 2, pending_nodes: 0 });
    await house.cli(['jobs', 'stop', id]);
  });

  it('has what a failed setup wrote last as evidence', async () => {
    const { task_id: id } = await house.submit({
      setup: 'echo looking; echo "no data" >&2; exit 9',
      run: 'echo never',
    });
    const { diagnosis } = await house.until(id, 'failed');
    expect(diagnosis).to.deep.include({ category: 'SetupFailed', cause: 'setup failed with exit code 9' });
    expect(diagnosis?.evidence).to.have.members(['looking', 'no data']);
  });

  it('is failed when Kubernetes gives the Job no more time, with an exit code that says so', async () => {
    const { task_id: id } = await house.submit({ run: 'echo begun; sleep 600 & wait' });
    const follow = house.startCli(['jobs', 'logs', id]);
    await follow.seen('stdout', /^begun$/m);
    const job = (await house.task(id)).metadata.job_name;
    await house.kubernetes.patch('jobs', job, { spec: { activeDeadlineSeconds: 1 } });
    const { code, stderr } = await follow.ended;
    expect(stderr).to.match(new RegExp(`^Task ${id} failed.*: .*active longer than`, 'm'));
    expect(code, stderr).to.equal(124);
    expect((await house.task(id)).diagnosis?.category).to.equal('DeadlineExceeded');
  });

  it('tells times in their order', async () => {
    const { task_id: id } = await house.submit({ run: 'echo begun; sleep 600 & wait' });
    const follow = house.startCli(['jobs', 'logs', id]);
    await follow.seen('stdout', /^begun$/m);
    await house.cli(['jobs', 'stop', id]);
    await follow.ended;
    const { created_at, started_at, finished_at } = await house.task(id);
    const times = [created_at, started_at ?? '', finished_at ?? ''].map((text) => Date.parse(text));
    expect(times, `${created_at} ${started_at} ${finished_at}`).to.deep.equal(times.toSorted((a, b) => a - b));
  });

  it('knows what remains when pod and Job are gone', async () => {
    const { task_id: id } = await house.submit({ run: 'exit 5' });
    const before = await house.until(id, 'failed');
    await eventually(async () => {
      const { data } = await house.kubernetes.get('configmaps', `task-${id}`);
      expect(data).to.include.keys('result-0');
    });
    await house.kubernetes.remove('jobs', before.metadata.job_name);
    await eventually(async () => expect(await house.kubernetes.list('pods', `task-id=${id}`)).to.deep.equal([]));
    const after = await house.until(id, 'failed');
    expect(after.nodes[0]).to.include({ state: 'FAILED', exit_code: 5 });
    expect(after.finished_at).to.equal(before.finished_at);
  });

  it('is what the list shows, newest first, page by page', async () => {
    const user = 'lister';
    const ids: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      ids.unshift((await house.submit({ name, run: name === 'second' ? 'exit 1' : 'true' }, { user })).task_id);
    }
    await Promise.all(ids.map((id, at) => house.until(id, at === 1 ? 'failed' : 'completed', user)));
    interface Page {
      readonly tasks: readonly TaskJson[];
      readonly next_page_token: string;
    }
    const all = await house.get<Page>('/tasks', { user });
    expect(all.tasks.map(({ task_id }) => task_id)).to.deep.equal(ids);
    expect(all.next_page_token).to.equal('');
    const one = await house.get<Page>('/tasks?page_size=2', { user });
    const two = await house.get<Page>(`/tasks?page_size=2&page_token=${one.next_page_token}`, { user });
    expect([...one.tasks, ...two.tasks].map(({ task_id }) => task_id)).to.deep.equal(ids);
    expect(two.next_page_token).to.equal('');
    const failed = await house.get<Page>('/tasks?status=failed', { user });
    expect(failed.tasks.map(({ name }) => name)).to.deep.equal(['second']);
    const named = await house.get<Page>('/tasks?name=third&all_users=true', { user });
    expect(named.tasks.map(({ task_id }) => task_id)).to.deep.equal([ids[0]]);
    const { stdout } = await house.cli(['jobs', 'list', '--details'], { user });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).to.have.length(4);
    expect(lines[1]).to.contain(ids[0]).and.to.contain('third').and.to.contain('completed').and.to.contain(user);
  });
});
