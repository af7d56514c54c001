import { expect } from 'chai';
import { useHouse } from '../support/house.js';
import { logLines } from '../support/log-lines.js';

/** Node 1 fails when it is told to: another node has to have begun by then. */
const FAILS_TWICE = [
  'echo "attempt $K8S_CLI_ATTEMPT of node $NODE_RANK"',
  'if [ "$K8S_CLI_ATTEMPT" = 2 ]; then exit 0; fi',
  'if [ "$NODE_RANK" = 1 ]; then until [ -e /tmp/fail ]; do sleep 0.1; done; exit 7; fi',
  'sleep 600 & wait',
].join('\n');

describe('a task that is run again', () => {
  const house = useHouse();

  before(() => house.anotherServer());

  it('has all its nodes run again until it completes, with all of its logs in one stream', async () => {
    const file = house.file(
      'again.yaml',
      `name: again\nnum_nodes: 2\nresources: {job_recovery: {max_restarts_on_errors: 2}}\nrun: ${JSON.stringify(FAILS_TWICE)}\n`,
    );
    const follow = house.startCli(['jobs', 'submit', file]);
    const [, id = ''] = await follow.seen('stdout', /^Task (\S+) submitted$/m);
    for (const attempt of [0, 1]) {
      for (const node of [0, 1]) await follow.seen('stdout', new RegExp(`^node-${node} \\| attempt ${attempt} `, 'm'));
      await house.touch(id, '/tmp/fail', 1);
    }
    const { code, stdout, stderr } = await follow.ended;
    expect(code, stderr).to.equal(0);
    const all = [0, 1, 2].flatMap((attempt) =>
      [0, 1].map((node) => `node-${node} | attempt ${attempt} of node ${node}`),
    );
    expect(logLines(stdout).slice(1)).to.have.members(all);
    expect(stderr).to.contain('node-1 | failed: exit code 7');
    const task = await house.task(id);
    expect(task).to.include({ status: 'completed', attempt: 2 });
    expect(task.metadata.node_jobs).to.deep.equal([`again-${id}-node-0-r2`, `again-${id}-node-1-r2`]);
    expect(task.past_attempts.map(({ attempt, node, exit_code }) => [attempt, node, exit_code])).to.deep.equal([
      [0, 1, 7],
      [1, 1, 7],
    ]);
    expect(await house.log(id)).to.have.members(all);
    const jobs = await house.kubernetes.list('jobs', `task-id=${id}`);
    expect(jobs, 'once an attempt, with two servers').to.have.length(6);
    expect((await house.cli(['jobs', 'status', id])).stdout).to.match(/^Attempt:\t0 to 1: node-1: exit code 7, at /m);
  });

  it('has failed when its restarts are spent', async () => {
    const { task_id: id } = await house.submit('resources: {job_recovery: {max_restarts_on_errors: 1}}\nrun: exit 5\n');
    const follow = await house.cli(['jobs', 'logs', id]);
    expect(follow.code).to.equal(5);
    const task = await house.task(id);
    expect(task).to.include({ status: 'failed', attempt: 1 });
    expect(task.finished_at).to.not.equal(null);
  });

  it('is not run again when somebody stops it', async () => {
    const { task_id: id } = await house.submit('resources: {job_recovery: {recover_on_exit_codes: 9}}\nrun: exit 9\n');
    const watched = house.startCli(['jobs', 'logs', id]);
    await watched.seen('stderr', /^failed: exit code 9$/m);
    expect((await house.cli(['jobs', 'stop', id])).code).to.equal(0);
    await watched.ended;
    const { status, state } = await house.task(id);
    expect(['stopped', 'failed']).to.include(status);
    expect(state).to.equal(status.toUpperCase());
  });
});
