import { expect } from 'chai';
import { lines, playLogs, summary, task } from '../../../client/support/scripted-server.js';
import { FAILED, useServer } from '../../support/fixture.js';

describe('k8s-cli jobs rerun', () => {
  const fixture = useServer();

  it('submits the task again, and goes on as submit does', async () => {
    const requests: { taskId: string; requestId: string }[] = [];
    await fixture.serve({
      unary: {
        rerunTask: (request: { taskId: string; requestId: string }) => {
          requests.push(request);
          return { taskId: 'new12345', status: 'submitted', message: '', warnings: ['the image is old'] };
        },
        getTask: () => task(),
      },
      stream: { streamTaskLogs: playLogs([[lines(0, ['again'], 't'), summary(FAILED)]]) },
    });
    const result = await fixture.cli(['jobs', 'rerun', 'abc12345']);
    expect(result).to.include({ exitCode: 3, stdout: 'Task new12345 submitted\nagain\n' });
    expect(result.stderr).to.match(/^warning: the image is old\nTask abc12345 failed/);
    expect(requests[0]?.taskId).to.equal('abc12345');
    expect(requests[0]?.requestId).to.match(/^[0-9a-f-]{36}$/);
    const json = await fixture.cli(['jobs', 'rerun', 'abc12345', '-d', '-o', 'json']);
    expect(JSON.parse(json.stdout)).to.include({ task_id: 'new12345', status: 'submitted' });
  });
});
