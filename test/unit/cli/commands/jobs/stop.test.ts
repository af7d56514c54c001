import { expect } from 'chai';
import { useServer } from '../../support/fixture.js';

describe('k8s-cli jobs stop', () => {
  const fixture = useServer();

  it('stops one task', async () => {
    const ids: string[] = [];
    await fixture.serve({
      unary: {
        stopTask: ({ taskId }: { taskId: string }) => {
          ids.push(taskId);
          return { taskId, status: 'stopped', message: 'Task 00123456 is being stopped' };
        },
      },
    });
    const result = await fixture.cli(['jobs', 'stop', '00123456']);
    expect(result).to.include({ exitCode: 0, stdout: 'Task 00123456 is being stopped\n', stderr: '' });
    expect(ids).to.deep.equal(['00123456']);
  });

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
    const json = await fixture.cli(['jobs', 'stop', '--all', '--all-users', '-o', 'json']);
    expect(JSON.parse(json.stdout)).to.deep.equal({ count: 5, status: 'stopped', message: 'Stopped 5 tasks' });
    expect(requests).to.deep.equal([{ allUsers: false }, { allUsers: true }]);
  });
});
