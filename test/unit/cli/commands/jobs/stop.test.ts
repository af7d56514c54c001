import { expect } from 'chai';
import { TaskState } from '../../../../../gen/k8scli/v1/task.js';
import { task } from '../../../client/support/scripted-server.js';
import { useServer } from '../../support/fixture.js';

describe('k8s-cli jobs stop', () => {
  const fixture = useServer();

  it('stops one task and says that its log goes with its pods', async () => {
    const ids: string[] = [];
    await fixture.serve({
      unary: {
        stopTask: ({ taskId }: { taskId: string }) => {
          ids.push(taskId);
          return { taskId, status: 'stopped', message: 'Task 00123456 is being stopped' };
        },
        getTask: () => task({ status: 'running', state: TaskState.RUNNING }),
      },
    });
    const result = await fixture.cli(['jobs', 'stop', '00123456']);
    expect(result).to.include({ exitCode: 0, stdout: 'Task 00123456 is being stopped\n' });
    expect(result.stderr).to.match(/logs goes with the pods/);
    expect(ids).to.deep.equal(['00123456']);
  });

  it('says nothing about logs for a task that had already ended', async () => {
    await fixture.serve({
      unary: {
        stopTask: ({ taskId }: { taskId: string }) => ({ taskId, status: 'stopped', message: 'it had completed' }),
        getTask: () => task(),
      },
    });
    expect(await fixture.cli(['jobs', 'stop', 'abc12345'])).to.include({ exitCode: 0, stderr: '' });
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
