import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { uniqueName, useHouse } from '../support/house.js';
import type { SubmittedJson } from '../support/task-json.js';

const FOREVER = { run: 'echo begun; sleep 600 & wait' };

describe('stop', () => {
  const house = useHouse();

  /** Submits a task of one node; resolves when its program has said so: it is deaf to a signal by then, where it wants to be. */
  const submitAndBegin = async (task: object | string): Promise<SubmittedJson> => {
    const submitted = await house.submit(task);
    await house.startCli(['jobs', 'logs', submitted.task_id]).seen('stdout', /^begun$/m);
    await house.until(submitted.task_id, 'running');
    return submitted;
  };

  it('ends the programs, tells them first, and the task stays visible', async () => {
    const run = 'trap "echo cleaning up; exit 0" TERM; echo begun; while true; do sleep 0.1; done';
    const { task_id: id } = await house.submit({ num_nodes: 2, run });
    const follow = house.startCli(['jobs', 'logs', id]);
    await follow.seen('stdout', /node-0 \| begun/);
    await follow.seen('stdout', /node-1 \| begun/);
    const { code, stdout } = await house.cli(['jobs', 'stop', id]);
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: `Task ${id} is being stopped\n` });
    const ending = await follow.ended;
    expect(ending.stdout).to.contain('node-0 | cleaning up\n').and.to.contain('node-1 | cleaning up\n');
    expect(ending.stderr).to.match(new RegExp(`^Task ${id} stopped .*by alice$`, 'm'));
    expect(ending.stderr).to.not.contain('missing');
    expect(ending.code).to.equal(122);
    const task = await house.task(id);
    expect(task).to.include({ status: 'stopped', state: 'STOPPED', diagnosis: null });
    expect(task.metadata).to.include({ stopped_nodes: 2, running_nodes: 0 });
    expect(task.stop).to.include({ username: 'alice', reason: '' });
    expect((await house.cli(['jobs', 'list'])).stdout).to.contain(id);
    for (const job of await house.kubernetes.list('jobs', `task-id=${id}`)) {
      expect(job.spec?.suspend).to.equal(true);
      expect(job.metadata?.annotations).to.include({ 'k8s-cli/stopped-by': 'alice' });
    }
    expect(await house.kubernetes.list('pods', `task-id=${id}`)).to.deep.equal([]);
  });

  it('may be repeated, and keeps its former word until no pod is left', async () => {
    const run = 'trap "" TERM; echo begun; until [ -e /tmp/over ]; do sleep 0.1; done';
    const { task_id: id } = await submitAndBegin({ run });
    const stop = { body: { reason: 'too expensive' } };
    const first = await house.rest('POST', `/tasks/${id}/stop`, stop);
    expect(JSON.parse(first.text)).to.deep.equal({
      task_id: id,
      status: 'stopped',
      message: `Task ${id} is being stopped`,
    });
    const stopping = await house.task(id);
    expect(stopping).to.include({ status: 'running', state: 'STOPPING' });
    const second = await house.rest('POST', `/tasks/${id}/stop`);
    expect(second.status).to.equal(200);
    expect(JSON.parse(second.text)).to.include({ status: 'stopped', message: `Task ${id} is being stopped already` });
    await house.touch(id, '/tmp/over');
    const stopped = await house.until(id, 'stopped');
    expect(stopped).to.include({ state: 'STOPPED' });
    expect(stopped.stop).to.include({ username: 'alice', reason: 'too expensive' });
    const third = await house.rest('POST', `/tasks/${id}/stop`);
    expect(JSON.parse(third.text)).to.include({ task_id: id, status: 'stopped' });
    expect((await house.task(id)).stop).to.deep.equal(stopped.stop);
  });

  it('leaves programs that do not end less time when it is told so', async () => {
    const config = 'config: {kubernetes: {pod_config: {spec: {terminationGracePeriodSeconds: 120}}}}';
    const run = 'trap "" TERM; echo begun; while true; do sleep 0.1; done';
    const { task_id: id } = await submitAndBegin(`${config}\nrun: '${run}'\n`);
    const grace = async (...options: string[]) => {
      expect((await house.cli(['jobs', 'stop', id, ...options])).code).to.equal(0);
      const [pod] = await house.kubernetes.list('pods', `task-id=${id}`);
      return pod?.metadata?.deletionGracePeriodSeconds;
    };
    expect(await grace('--grace', '60s')).to.equal(60);
    expect(await house.task(id)).to.include({ status: 'running', state: 'STOPPING' });
    expect(await grace('--grace', '70s')).to.equal(60);
    // A kubelet has begun by now, and may take its time; the embedded cluster's may have ended it already.
    expect((await grace('--force')) ?? 0).to.be.at.most(1);
  });

  it('refuses to leave programs no time at all, and takes a time for all tasks, too', async () => {
    const { task_id: id } = await house.submit({ run: 'trap "" TERM; while true; do sleep 0.1; done' });
    await house.until(id, 'running');
    const { status, text } = await house.rest('POST', `/tasks/${id}/stop`, { body: { grace_period: '0s' } });
    expect([status, JSON.parse(text).message]).to.deep.equal([400, 'grace_period: must be at least 1s']);
    expect(await house.task(id)).to.include({ state: 'RUNNING', stop: null });
    expect((await house.rest('POST', '/tasks/stop?grace_period=1s')).status).to.equal(200);
    // It has 30 s when nobody says otherwise; it may be gone already.
    const [pod] = await house.kubernetes.list('pods', `task-id=${id}`);
    expect(pod?.metadata?.deletionGracePeriodSeconds ?? 0).to.be.at.most(1);
    expect(await house.until(id, 'stopped')).to.include({ state: 'STOPPED', diagnosis: null });
  });

  it('takes a finished task its result not away, and says so', async () => {
    const { task_id: id } = await house.submit({ run: 'exit 9' });
    const before = await house.until(id, 'failed');
    const { code, stdout } = await house.cli(['jobs', 'stop', id]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/has finished already and keeps its result/);
    const after = await house.task(id);
    expect(after).to.include({ status: 'failed', stop: null, finished_at: before.finished_at });
    expect(after.nodes[0]).to.include({ exit_code: 9 });
  });

  it('stops a task that is still pending', async () => {
    const { task_id: id } = await house.submit({ resources: { cpus: '500' }, run: 'echo never' });
    await eventually(async () => {
      expect((await house.task(id)).diagnosis?.category).to.equal('InsufficientResources');
    });
    expect((await house.cli(['jobs', 'stop', id])).code).to.equal(0);
    const { started_at, nodes } = await house.until(id, 'stopped');
    expect(started_at).to.equal(null);
    expect(nodes[0]?.exit_code).to.equal(undefined);
  });

  it('reaches setup too, and run does not start then', async () => {
    const setup = 'trap "echo setup ends; exit 0" TERM; echo setup begins; while true; do sleep 0.1; done';
    const { task_id: id } = await house.submit({ setup, run: 'echo run begins' });
    const follow = house.startCli(['jobs', 'logs', id]);
    await follow.seen('stdout', /setup begins/);
    await house.cli(['jobs', 'stop', id]);
    const { stdout } = await follow.ended;
    expect(stdout)
      .to.match(/^setup ends$/m)
      .and.not.contain('run begins');
  });

  it("--all stops what is the caller's own, and with --all-users everything", async () => {
    const [one, two] = [uniqueName('one'), uniqueName('two')];
    // What a test has left behind that failed is not to be counted.
    await house.cli(['jobs', 'stop', '--all', '--all-users']);
    const own = [await house.submit(FOREVER, { user: one }), await house.submit(FOREVER, { user: one })];
    const other = await house.submit(FOREVER, { user: two });
    const done = await house.submit({ run: 'true' }, { user: one });
    await Promise.all([
      ...own.map(({ task_id }) => house.until(task_id, 'running', one)),
      house.until(other.task_id, 'running', two),
      house.until(done.task_id, 'completed', one),
    ]);
    const first = await house.cli(['jobs', 'stop', '--all'], { user: one });
    expect(first).to.include({ code: 0, stdout: 'Stopped 2 tasks\n' });
    await Promise.all(own.map(({ task_id }) => house.until(task_id, 'stopped', one)));
    expect((await house.task(other.task_id, two)).status).to.equal('running');
    expect((await house.task(done.task_id, one)).status).to.equal('completed');
    const second = await house.cli(['jobs', 'stop', '--all', '--all-users'], { user: one });
    expect(second).to.include({ code: 0, stdout: 'Stopped 1 task\n' });
    expect((await house.until(other.task_id, 'stopped', two)).stop?.username).to.equal(one);
    const { text } = await house.rest('POST', '/tasks/stop', { user: one });
    expect(JSON.parse(text)).to.deep.equal({ count: 0, status: 'stopped', message: 'Stopped 0 tasks' });
  });
});
