import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { grpcError } from '../../../client/support/scripted-server.js';
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

  it('deletes several, and goes on behind one that is not there', async () => {
    await fixture.serve({
      unary: {
        deleteTask: ({ taskId }: { taskId: string }) => {
          if (taskId === 'b0000000') throw grpcError(status.NOT_FOUND, 'task "b0000000" not found');
          return { taskId, status: 'deleted', message: `Task ${taskId} is deleted` };
        },
      },
    });
    const ids = ['a0000000', 'b0000000', 'c0000000'];
    const result = await fixture.cli(['jobs', 'delete', ...ids]);
    expect(result).to.include({ exitCode: 123, stdout: 'Task a0000000 is deleted\nTask c0000000 is deleted\n' });
    expect(result.stderr).to.match(/^k8s-cli: task "b0000000" not found; [^\n]*\n$/);
    const { stdout } = await fixture.cli(['jobs', 'delete', ...ids, '-o', 'json']);
    const documents = stdout.trimEnd().split('\n');
    expect(documents.map((line) => (JSON.parse(line) as { task_id: string }).task_id)).to.deep.equal([ids[0], ids[2]]);
  });

  it('passes --force on, and answers in JSON', async () => {
    const { stdout } = await fixture.cli(['jobs', 'delete', 'abc12345', '-f', '-o', 'json']);
    expect(JSON.parse(stdout)).to.include({ task_id: 'abc12345', status: 'deleted' });
    expect(requests).to.deep.equal([{ taskId: 'abc12345', force: true }]);
  });
});
