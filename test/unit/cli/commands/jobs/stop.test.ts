import { expect } from 'chai';
import { TaskState } from '../../../../../gen/k8scli/v1/task.js';
import { task } from '../../../client/support/scripted-server.js';
import { useServer } from '../../support/fixture.js';

describe('k8s-cli jobs stop', () => {
  const fixture = useServer();

  it('stops one task', async () => {
    const ids: string[] = [];
    const reasons: string[] = [];
    await fixture.serve({
      unary: {
        stopTask: ({ taskId, reason }: { taskId: string; reason: string }) => {
          ids.push(taskId);
          reasons.push(reason);
          return { taskId, status: 'stopped', message: 'Task 00123456 is being stopped' };
        },
      },
    });
    const result = await fixture.cli(['jobs', 'stop', '00123456']);
    expect(result).to.include({ exitCode: 0, stdout: 'Task 00123456 is being stopped\n', stderr: '' });
    expect(ids).to.deep.equal(['00123456']);
    await fixture.cli(['jobs', 'stop', '00123456', '--reason', 'wrong data']);
    expect(reasons).to.deep.equal(['', 'wrong data']);
    const several = await fixture.cli(['jobs', 'stop', 'a0000000', 'b0000000', '--reason', 'both', '-o', 'name']);
    expect(several).to.include({ exitCode: 0, stdout: 'a0000000\nb0000000\n' });
    expect([ids.slice(2), reasons.slice(2)]).to.deep.equal([
      ['a0000000', 'b0000000'],
      ['both', 'both'],
    ]);
  });

  it('says how much time programs have', async () => {
    const requests: { readonly gracePeriod?: { readonly seconds: bigint } }[] = [];
    const answer = (request: object) => {
      requests.push(request);
      return { taskId: '00123456', count: 1, status: 'stopped', message: 'Stopped' };
    };
    await fixture.serve({ unary: { stopTask: answer, stopTasks: answer } });
    await fixture.cli(['jobs', 'stop', '00123456', '--grace', '1m']);
    await fixture.cli(['jobs', 'stop', '00123456', '--force']);
    await fixture.cli(['jobs', 'stop', '--all', '-f']);
    expect(requests.map(({ gracePeriod }) => gracePeriod?.seconds)).to.deep.equal([60n, 1n, 1n]);
  });

  for (const [options, told] of [
    [['--grace', '0s'], '--grace must be at least 1s'],
    [['--grace', 'soon'], '--grace soon: not a span of time'],
    [['--reason', 'one', '--reason', 'two'], '--reason is given more than once'],
    [['--grace', '5s', '--force'], 'give either --grace or --force, not both'],
  ] as const) {
    it(`refuses ${options.join(' ')}`, async () => {
      await fixture.serve({});
      const { exitCode, stderr } = await fixture.cli(['jobs', 'stop', '00123456', ...options]);
      expect(exitCode).to.equal(2);
      expect(stderr).to.contain(told);
    });
  }

  it('stops all tasks, of all users when told so', async () => {
    const requests: unknown[] = [];
    await fixture.serve({
      unary: {
        stopTasks: (request: unknown) => {
          requests.push(request);
          return { count: 5, status: 'stopped', message: 'Stopped 5 tasks' };
        },
      },
    });
    expect(await fixture.cli(['jobs', 'stop', '-a'])).to.include({ exitCode: 0, stdout: 'Stopped 5 tasks\n' });
    const json = await fixture.cli(['jobs', 'stop', '--all', '--all-users', '--reason', 'we move', '-o', 'json']);
    expect(JSON.parse(json.stdout)).to.deep.equal({ count: 5, status: 'stopped', message: 'Stopped 5 tasks' });
    expect(requests).to.deep.equal([
      { allUsers: false, reason: '', gracePeriod: undefined },
      { allUsers: true, reason: 'we move', gracePeriod: undefined },
    ]);
  });

  describe('all, on a terminal', () => {
    const requests: unknown[] = [];
    const running = { status: 'running', state: TaskState.RUNNING };

    beforeEach(async () => {
      requests.length = 0;
      await fixture.serve({
        unary: {
          listTasks: () => ({
            tasks: [task(running), task({ ...running, username: 'bob' }), task()],
            nextPageToken: '',
          }),
          stopTasks: (request: unknown) => {
            requests.push(request);
            return { count: 2, status: 'stopped', message: 'Stopped 2 tasks' };
          },
        },
      });
    });

    it('asks nothing where there is nothing to stop', async () => {
      const unary = {
        listTasks: () => ({ tasks: [task()], nextPageToken: '' }),
        stopTasks: () => ({ count: 0, status: 'stopped', message: 'Stopped 0 tasks' }),
      };
      await fixture.serve({ unary });
      const { exitCode, stderr } = await fixture.cli(['jobs', 'stop', '--all'], { terminal: true, input: '' });
      expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: '' });
    });

    it('asks which are meant, and takes everything but yes for a no', async () => {
      const no = await fixture.cli(['jobs', 'stop', '--all'], { terminal: true, input: 'n\n' });
      expect(no).to.include({ exitCode: 1, stdout: '' });
      expect(no.stderr).to.equal(
        'Stop your 2 unfinished tasks: abc12345 (train), abc12345 (train)? [y/N] Nothing was done.\n',
      );
      const everybody = await fixture.cli(['jobs', 'stop', '-a', '-u'], { terminal: true, input: '\n' });
      expect(everybody.stderr).to.match(/^Stop 2 unfinished tasks of 2 users: abc12345 \(train\), /);
      expect(requests).to.deep.equal([]);
      const yes = await fixture.cli(['jobs', 'stop', '--all'], { terminal: true, input: 'yes\n' });
      expect(yes).to.include({ exitCode: 0, stdout: 'Stopped 2 tasks\n' });
      expect(requests).to.have.length(1);
    });

    it('does not ask with --yes', async () => {
      const result = await fixture.cli(['jobs', 'stop', '--all', '--yes'], { terminal: true });
      expect(result).to.include({ exitCode: 0 });
      expect(requests).to.have.length(1);
    });
  });
});
