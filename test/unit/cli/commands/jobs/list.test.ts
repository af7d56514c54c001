import { expect } from 'chai';
import { task } from '../../../client/support/scripted-server.js';
import { FAILED, useServer } from '../../support/fixture.js';

describe('k8s-cli jobs list', () => {
  const fixture = useServer();

  it('shows tasks in aligned columns with the reason', async () => {
    let allUsers: boolean | undefined;
    await fixture.serve({
      unary: {
        listTasks: (request: { allUsers: boolean }) => {
          allUsers = request.allUsers;
          return { tasks: [FAILED, task({ taskId: 'b', name: 'a-longer-name' })], nextPageToken: '' };
        },
      },
    });
    const result = await fixture.cli(['jobs', 'list']);
    expect(result).to.include({ exitCode: 0, stderr: '' });
    expect(result.stdout).to.equal(
      [
        'ID        NAME           STATUS     NODES  AGE   REASON',
        'abc12345  train          failed     2      100s  node-1: exit code 3',
        'b         a-longer-name  completed  1      100s',
        '',
      ].join('\n'),
    );
    expect(allUsers).to.equal(false);
    expect((await fixture.cli(['jobs', 'list', '-d', '-u'])).stdout).to.match(
      /USER +DURATION +CREATED +NAMESPACE +JOBS/,
    );
    expect(allUsers).to.equal(true);
  });

  it('cuts lines to the width of a terminal', async () => {
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [FAILED], nextPageToken: '' }) } });
    const result = await fixture.cli(['jobs', 'list'], { terminal: true, columns: 50 });
    const [, row] = result.stdout.split('\n');
    expect(row).to.have.length(50).and.to.match(/…$/);
  });

  it('prints the JSON of the REST interface', async () => {
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [FAILED], nextPageToken: 'more' }) } });
    const result = await fixture.cli(['jobs', 'list', '--output=json']);
    const answer: { tasks: unknown[]; next_page_token: string } = JSON.parse(result.stdout);
    expect(answer.next_page_token).to.equal('more');
    expect(answer.tasks[0]).to.include({ task_id: 'abc12345', created_at: '2023-11-14T22:13:20Z', state: 'FAILED' });
    expect(result.stderr).to.equal('k8s-cli: only the newest 1 tasks are shown; there are more\n');
  });

  it('says how to begin when there is nothing', async () => {
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [], nextPageToken: '' }) } });
    const result = await fixture.cli(['jobs', 'list']);
    expect(result).to.include({ exitCode: 0, stdout: '' });
    expect(result.stderr).to.match(/No tasks.*k8s-cli jobs submit FILE/);
  });
});
