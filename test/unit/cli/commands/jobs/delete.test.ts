import { expect } from 'chai';
import { useServer } from '../../support/fixture.js';

describe('k8s-cli jobs delete', () => {
  const fixture = useServer();
  let requests: unknown[];

  beforeEach(async () => {
    requests = [];
    await fixture.serve({
      unary: {
        deleteTask: (request: { taskId: string }) => {
          requests.push(request);
          return { taskId: request.taskId, status: 'deleted', message: `Task ${request.taskId} is deleted` };
        },
      },
    });
  });

  it('deletes one task', async () => {
    const result = await fixture.cli(['jobs', 'delete', 'abc12345']);
    expect(result).to.include({ exitCode: 0, stdout: 'Task abc12345 is deleted\n', stderr: '' });
    expect(requests).to.deep.equal([{ taskId: 'abc12345', force: false }]);
  });

  it('passes --force on, and answers in JSON', async () => {
    const { stdout } = await fixture.cli(['jobs', 'delete', 'abc12345', '-f', '-o', 'json']);
    expect(JSON.parse(stdout)).to.include({ task_id: 'abc12345', status: 'deleted' });
    expect(requests).to.deep.equal([{ taskId: 'abc12345', force: true }]);
  });
});
