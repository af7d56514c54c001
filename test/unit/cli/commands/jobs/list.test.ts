import { expect } from 'chai';
import { status } from '@grpc/grpc-js';
import { TaskState } from '../../../../../gen/k8scli/v1/task.js';
import type { ListTasksRequest } from '../../../../../gen/k8scli/v1/task_service.js';
import { grpcError, task } from '../../../client/support/scripted-server.js';
import { FAILED, useServer } from '../../support/fixture.js';

describe('k8s-cli jobs list', () => {
  const fixture = useServer();

  it('shows tasks with the reason: aligned and coloured on a terminal, separated by tabs elsewhere', async () => {
    let allUsers: boolean | undefined;
    await fixture.serve({
      unary: {
        listTasks: (request: { allUsers: boolean }) => {
          allUsers = request.allUsers;
          return { tasks: [FAILED, task({ taskId: 'b', name: 'a-longer-name' })], nextPageToken: '' };
        },
      },
    });
    const piped = await fixture.cli(['jobs', 'list']);
    expect(piped).to.include({ exitCode: 0, stderr: '' });
    expect(piped.stdout).to.equal(
      [
        'ID\tNAME\tSTATUS\tNODES\tCREATED\tREASON',
        'abc12345\ttrain\tfailed\t2\t2023-11-14T22:13:20Z\tnode-1: exit code 3',
        'b\ta-longer-name\tcompleted\t1\t2023-11-14T22:13:20Z\t',
        '',
      ].join('\n'),
    );
    const shown = await fixture.cli(['jobs', 'list'], { terminal: true });
    expect(shown.stdout).to.equal(
      [
        'ID        NAME           STATUS     NODES  AGE   REASON',
        'abc12345  train          \u001b[31mfailed\u001b[39m     2      100s  node-1: exit code 3',
        'b         a-longer-name  \u001b[32mcompleted\u001b[39m  1      100s',
        '',
      ].join('\n'),
    );
    expect(allUsers).to.equal(false);
    expect((await fixture.cli(['jobs', 'list', '-d', '-u'])).stdout).to.match(/USER\tDURATION\tNAMESPACE\tJOBS/);
    expect(allUsers).to.equal(true);
  });

  it('begins with what is missing where the scheduler finds no place, in full with -o wide and in a pipe', async () => {
    const cause = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu. preemption: 0/1 nodes are available.';
    const waiting = task({ status: 'pending', state: TaskState.PENDING, diagnosis: { cause } });
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [waiting], nextPageToken: '' }) } });
    const shown = { terminal: true, columns: 68, env: { NO_COLOR: '1' } };
    expect((await fixture.cli(['jobs', 'list'], shown)).stdout).to.match(/ {2}Insufficient nvidia/);
    expect((await fixture.cli(['jobs', 'list', '-o', 'wide'], shown)).stdout).to.contain(cause);
    expect((await fixture.cli(['jobs', 'list'])).stdout).to.contain(cause);
  });

  it('says on stderr since when the cluster is away, and why', async () => {
    const outage = { since: { seconds: 1_700_000_040n, nanos: 5 }, message: 'connect ECONNREFUSED\n' };
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [FAILED], nextPageToken: '', outage }) } });
    const told = await fixture.cli(['jobs', 'list', '-o', 'name']);
    expect(told).to.include({ exitCode: 0, stdout: 'abc12345\n' });
    expect(told.stderr).to.match(
      /^k8s-cli: the server has not heard from the cluster for 60s \(since 2023-11-14T22:14:00Z\), .*ECONNREFUSED.*\n$/,
    );
    expect((await fixture.cli(['jobs', 'list', '--quiet'])).stderr).to.equal('');
    const json: unknown = JSON.parse((await fixture.cli(['jobs', 'list', '-o', 'json'])).stdout);
    expect(json).to.have.nested.property('outage.since', '2023-11-14T22:14:00.000000005Z');
  });

  it('--watch says on a terminal that the cluster is away, above what it draws, while it is', async () => {
    const outages = [undefined, { since: { seconds: 1_700_000_040n, nanos: 0 }, message: 'away' }];
    const ctrlC = new AbortController();
    await fixture.serve({
      unary: { listTasks: () => ({ tasks: [FAILED], nextPageToken: '', outage: outages.shift() }) },
    });
    const result = await fixture.cli(['jobs', 'list', '--watch'], {
      terminal: true,
      columns: 200,
      signal: ctrlC.signal,
      onStdout: (piece) => piece.includes('has not heard') && ctrlC.abort(),
    });
    expect(result.stdout).to.match(/the server has not heard from the cluster for 60s .*: away\nID /);
    expect(result.stderr.trim()).to.equal('');
  });

  it('cuts lines to the width of a terminal', async () => {
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [FAILED], nextPageToken: '' }) } });
    const env = { NO_COLOR: '1' };
    for (const columns of [40, 50, 80, 200]) {
      for (const details of [[], ['--details'], ['--all-users']]) {
        const { stdout } = await fixture.cli(['jobs', 'list', ...details], { terminal: true, columns, env });
        for (const line of stdout.split('\n')) expect(line.length).to.be.at.most(columns);
        expect(stdout).to.match(/^abc12345 {2}train .*failed/m);
      }
    }
    const wide = await fixture.cli(['jobs', 'list', '-o', 'wide'], { terminal: true, columns: 40, env });
    expect(wide.stdout).to.match(/^abc12345 .* j0,j1 {2}node-1: exit code 3$/m);
  });

  it('prints the JSON of the REST interface', async () => {
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [FAILED], nextPageToken: 'more' }) } });
    const result = await fixture.cli(['jobs', 'list', '--output=json']);
    const answer: { tasks: unknown[]; next_page_token: string } = JSON.parse(result.stdout);
    expect(answer.next_page_token).to.equal('more');
    expect(answer.tasks[0]).to.include({ task_id: 'abc12345', created_at: '2023-11-14T22:13:20Z', state: 'FAILED' });
    expect(result.stderr).to.equal('k8s-cli: only the newest 1 tasks are shown; there are more\n');
  });

  it('prints YAML, and bare ids, when asked', async () => {
    await fixture.serve({
      unary: { listTasks: () => ({ tasks: [FAILED, task({ taskId: 'b' })], nextPageToken: '' }) },
    });
    const yaml = await fixture.cli(['jobs', 'list', '-o', 'yaml']);
    expect(yaml.stdout).to.match(/^tasks:\n {2}- task_id: abc12345\n/);
    expect((await fixture.cli(['jobs', 'list', '-o', 'name'])).stdout).to.equal('abc12345\nb\n');
  });

  it('--watch shows what is new, has changed or is there again until Ctrl+C', async () => {
    const abort = new AbortController();
    const pages = [[FAILED], [FAILED], [], [FAILED, task({ taskId: 'b', name: 'new' })]];
    await fixture.serve({ unary: { listTasks: () => ({ tasks: pages.shift() ?? [], nextPageToken: '' }) } });
    const result = await fixture.cli(['jobs', 'list', '--watch', '-o', 'json'], {
      signal: abort.signal,
      onStdout: (piece) => piece.includes('"new"') && abort.abort(),
    });
    expect(result).to.include({ exitCode: 130, stderr: '' });
    const ids = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { task_id: string }).task_id);
    expect(ids).to.deep.equal(['abc12345', 'abc12345', 'b']);
  });

  for (const terminal of [false, true]) {
    it(`--watch goes on when the connection was lost, and says that it is${terminal ? ', on a terminal above the table' : ''}`, async () => {
      const abort = new AbortController();
      let calls = 0;
      await fixture.serve({
        unary: {
          listTasks: () => {
            calls += 1;
            // A call is tried four times.
            if (calls > 1 && calls <= 5) throw grpcError(status.UNAVAILABLE, 'away');
            return { tasks: [calls === 1 ? FAILED : task({ name: 'newer' })], nextPageToken: '' };
          },
        },
      });
      const result = await fixture.cli(['jobs', 'list', '--watch'], {
        terminal,
        columns: 200,
        signal: abort.signal,
        onStdout: (piece) => piece.includes('newer') && abort.abort(),
      });
      const line =
        /k8s-cli: connection lost \(away\); going on as soon as the server at \S+ is back, Ctrl\+C gives up\n/;
      const [drawn = '', last = ''] = result.stdout.split('\u001b[J').slice(-2);
      if (terminal) expect(drawn).to.match(new RegExp(`^${line.source}ID `));
      else expect(result.stderr).to.match(new RegExp(`^${line.source}$`));
      expect(terminal ? last : result.stdout).to.match(/^ID/);
      expect(result.exitCode).to.equal(130);
    });
  }

  for (const terminal of [false, true]) {
    it(`--watch goes on when the cluster of the server was away, and says what it was${terminal ? ', on a terminal above the table' : ''}`, async () => {
      const abort = new AbortController();
      let calls = 0;
      await fixture.serve({
        unary: {
          listTasks: () => {
            calls += 1;
            // A call is tried four times.
            if (calls > 1 && calls <= 5) {
              throw grpcError(status.UNAVAILABLE, 'cannot reach the cluster', { reason: 'CLUSTER_UNAVAILABLE' });
            }
            return { tasks: [calls === 1 ? FAILED : task({ name: 'newer' })], nextPageToken: '' };
          },
        },
      });
      const { exitCode, stdout, stderr } = await fixture.cli(['jobs', 'list', '--watch'], {
        terminal,
        columns: 200,
        signal: abort.signal,
        onStdout: (piece) => piece.includes('newer') && abort.abort(),
      });
      const line = 'k8s-cli: cannot reach the cluster; trying again, Ctrl+C gives up\n';
      expect({ exitCode, stderr }).to.deep.equal({ exitCode: 130, stderr: terminal ? '\n' : line });
      if (terminal) expect(stdout).to.contain(`\u001b[J${line}ID `);
    });
  }

  it('--watch ends when the cluster of the server refuses its login, which does not come back by itself', async () => {
    let calls = 0;
    await fixture.serve({
      unary: {
        listTasks: () => {
          if (++calls === 1) return { tasks: [FAILED], nextPageToken: '' };
          const refused = 'the cluster refuses the credentials';
          throw grpcError(status.UNAVAILABLE, refused, { reason: 'CLUSTER_UNAUTHENTICATED' });
        },
      },
    });
    const abort = new AbortController();
    const { exitCode, stderr } = await fixture.cli(['jobs', 'list', '--watch'], {
      signal: abort.signal,
      // Otherwise what is only told, and tried again, would go on for ever.
      onStderr: () => abort.abort(),
    });
    expect(stderr).to.match(/^k8s-cli: .*the cluster refuses the credentials.*\n$/);
    expect(exitCode).to.equal(1);
  });

  it('--watch draws one table anew on a terminal', async () => {
    const abort = new AbortController();
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [FAILED], nextPageToken: '' }) } });
    let draws = 0;
    const result = await fixture.cli(['jobs', 'list', '-w'], {
      terminal: true,
      signal: abort.signal,
      onStdout: () => ++draws === 2 && abort.abort(),
    });
    // Ctrl+C was shown behind the table, and the shell goes on in a line of its own.
    expect(result).to.include({ exitCode: 130, stderr: '\n' });
    const drawn = result.stdout.split('\r\u001b[J');
    expect(drawn).to.have.length(3);
    expect(drawn[1])
      .to.match(/^ID /)
      .and.to.satisfy((text: string) => text.endsWith('\n\u001b[2A'));
    expect(drawn[2]).to.match(/^ID /);
  });

  it('--quiet says nothing that is no result', async () => {
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [], nextPageToken: '' }) } });
    expect(await fixture.cli(['jobs', 'list', '-q'])).to.include({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('passes filters on, and takes as many pages as a limit needs', async () => {
    const requests: ListTasksRequest[] = [];
    await fixture.serve({
      unary: {
        listTasks: (request: ListTasksRequest) => {
          requests.push(request);
          return { tasks: Array.from({ length: request.pageSize }, () => FAILED), nextPageToken: 'more' };
        },
      },
    });
    const argv = [
      'jobs',
      'list',
      '--status',
      'failed',
      '--name',
      'train',
      '--since',
      '1h30m',
      '-n',
      '1003',
      '-o',
      'name',
    ];
    const { stdout, stderr } = await fixture.cli(argv);
    expect(stderr).to.equal('');
    expect(stdout.trimEnd().split('\n')).to.have.length(1003);
    expect(requests[0]).to.deep.include({ status: 'failed', name: 'train', since: { seconds: 5400n, nanos: 0 } });
    expect(requests.map(({ pageSize, pageToken }) => [pageSize, pageToken])).to.deep.equal([
      [1000, ''],
      [3, 'more'],
    ]);
  });

  it('says that no task fits the filters', async () => {
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [], nextPageToken: '' }) } });
    expect((await fixture.cli(['jobs', 'list', '--name', 'x'])).stderr).to.match(/^No task fits/);
  });

  it('says how to begin when there is nothing', async () => {
    await fixture.serve({ unary: { listTasks: () => ({ tasks: [], nextPageToken: '' }) } });
    const result = await fixture.cli(['jobs', 'list']);
    expect(result).to.include({ exitCode: 0, stdout: '' });
    expect(result.stderr).to.match(/No tasks.*k8s-cli jobs submit FILE/);
  });
});
