import { expect } from 'chai';
import { type PastAttempt, TaskState, type TaskStatus } from '../../../../../gen/k8scli/v1/task.js';
import { task } from '../../../client/support/scripted-server.js';
import { FAILED, useServer } from '../../support/fixture.js';

describe('k8s-cli jobs status', () => {
  const fixture = useServer();

  it('shows what is wrong first, then the task, then its nodes', async () => {
    await fixture.serve({ unary: { getTask: () => FAILED } });
    const options = { terminal: true, columns: 200, env: { NO_COLOR: '1' } };
    const { stdout, exitCode } = await fixture.cli(['jobs', 'status', 'abc12345'], options);
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^Task: +abc12345\nStatus: +failed\nReason: +node-1: exit code 3\nFix: +look at/);
    expect(stdout).to.match(/\nNodes: +2 \(2 failed\)\n/);
    expect(stdout).to.match(/\nnode-0 {2}failed {2}137 /);
  });

  it('fits a narrow terminal, and is label, tab, value elsewhere', async () => {
    await fixture.serve({ unary: { getTask: () => FAILED } });
    const narrow = await fixture.cli(['jobs', 'status', 'abc12345', '--no-color'], { terminal: true, columns: 40 });
    for (const line of narrow.stdout.split('\n')) expect(line.length).to.be.at.most(40);
    expect(narrow.stdout).to.match(/^node-1 {2}failed {2}/m);
    const piped = await fixture.cli(['jobs', 'status', 'abc12345']);
    expect(piped.stdout)
      .to.match(/^Reason:\tnode-1: exit code 3$/m)
      .and.to.match(/^node-1\tfailed\t3\t/m);
  });

  it('shows attempts that came to the same in one line', async () => {
    const past = (attempt: number, message: string): PastAttempt => ({
      attempt,
      node: 1,
      reason: 'Error',
      message,
      startedAt: undefined,
      finishedAt: { seconds: 1_700_000_000n + BigInt(attempt), nanos: 0 },
    });
    const pastAttempts = [past(0, 'no room'), past(1, 'no room'), past(2, 'no room'), past(3, 'exit code 3')];
    await fixture.serve({ unary: { getTask: () => task({ attempt: 4, pastAttempts }) } });
    const { stdout } = await fixture.cli(['jobs', 'status', 'abc12345']);
    expect(stdout.match(/^Attempt:.*$/gm)).to.deep.equal([
      'Attempt:\t0 to 2: node-1: no room, at 2023-11-14T22:13:22Z',
      'Attempt:\t3: node-1: exit code 3, at 2023-11-14T22:13:23Z',
      'Attempt:\t4: this one',
    ]);
  });

  it('says once on stderr that the cluster is away, in one line, and goes on', async () => {
    const outage = { since: { seconds: 1_700_000_040n, nanos: 0 }, message: 'away' };
    const running = task({ status: 'running', state: TaskState.RUNNING });
    const ended = task({ finishedAt: { seconds: 1_700_000_030n } });
    await fixture.serve({
      unary: { getTask: () => task({ outage }) },
      stream: {
        watchTask: (call) => {
          for (const state of [running, { ...running, outage }, { ...running, outage }, ended]) call.write(state);
          call.end();
        },
      },
    });
    const line =
      'k8s-cli: the server has not heard from the cluster for 60s (since 2023-11-14T22:14:00Z), and shows what it knew then: away\n';
    expect(await fixture.cli(['jobs', 'status', 'abc12345'])).to.include({ exitCode: 0, stderr: line });
    expect((await fixture.cli(['jobs', 'status', 'abc12345', '--watch'])).stderr).to.equal(line);
    expect(await fixture.cli(['jobs', 'wait', 'abc12345'])).to.include({ exitCode: 0, stderr: line });
  });

  /** Serves a task that goes through these states; at an undefined one, and behind the last, the watch of it ends. */
  function serveStates(states: (TaskStatus | undefined)[]): Promise<void> {
    return fixture.serve({
      stream: {
        watchTask: (call) => {
          const state = states.shift();
          if (state) call.write(state);
          if (!state || states.length === 0) call.end();
        },
      },
    });
  }

  it('--watch says that the connection is lost, on a terminal above the task while it is', async () => {
    const running = task({ status: 'running', state: TaskState.RUNNING, name: '#cut' });
    const serve = (): Promise<void> =>
      serveStates([running, undefined, task({ finishedAt: { seconds: 1_700_000_030n } })]);
    const lost = /^k8s-cli: connection lost \(.+\); going on as soon as the server at \S+ is back, .*\n/;
    await serve();
    expect((await fixture.cli(['jobs', 'status', 'abc12345', '--watch'])).stderr).to.match(lost);
    await serve();
    const { stdout, stderr } = await fixture.cli(['jobs', 'status', 'abc12345', '-w'], {
      terminal: true,
      columns: 300,
    });
    expect(stderr).to.equal('');
    const drawn = stdout.split('\u001b[J').slice(1);
    expect(drawn.some((text) => lost.test(text))).to.equal(true);
    expect(drawn.at(-1)).to.match(/^Task: /);
  });

  it('--watch on a terminal tells of a connection lost before the first state, and of the next loss above the task', async () => {
    await serveStates([
      undefined,
      undefined,
      task({ status: 'running', state: TaskState.RUNNING, name: '#cut' }),
      undefined,
      task({ finishedAt: { seconds: 1_700_000_030n } }),
    ]);
    const options = { terminal: true, columns: 300 };
    const { stdout, stderr } = await fixture.cli(['jobs', 'status', 'abc12345', '-w'], options);
    expect(stderr).to.match(/^k8s-cli: connection lost \(.+\n$/);
    const [first, ...later] = stdout.split('\u001b[J').slice(1);
    expect(first).to.match(/^Task: /);
    expect(later.some((text) => text.startsWith('k8s-cli: connection lost'))).to.equal(true);
    expect(later.at(-1)).to.match(/^Task: /);
  });

  it('--watch shows each change to the final state', async () => {
    const ended = task({ finishedAt: { seconds: 1_700_000_030n } });
    const states = [task({ status: 'pending', state: TaskState.PENDING }), ended];
    await fixture.serve({
      stream: {
        watchTask: (call) => {
          for (const state of states) call.write(state);
          call.end();
        },
      },
    });
    const { stdout, exitCode } = await fixture.cli(['jobs', 'status', 'abc12345', '--watch', '-o', 'json']);
    expect(exitCode).to.equal(0);
    const words = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { status: string }).status);
    expect(words).to.deep.equal(['pending', 'completed']);
    const shown = await fixture.cli(['jobs', 'status', 'abc12345', '-w'], { terminal: true });
    const [first = '', second = ''] = shown.stdout.split('\u001b[J').slice(1);
    expect(first)
      .to.include('pending')
      .and.to.match(/\[\d+A\r$/);
    expect(second).to.include('completed');
  });

  it('prints the bare task as JSON', async () => {
    await fixture.serve({ unary: { getTask: () => FAILED } });
    const { stdout } = await fixture.cli(['jobs', 'status', 'abc12345', '-o', 'json']);
    expect(JSON.parse(stdout)).to.include({ task_id: 'abc12345', status: 'failed' });
  });

  it('keeps control characters of the cluster from the terminal', async () => {
    await fixture.serve({ unary: { getTask: () => task({ name: 'a\u001b[2Jb\nc' }) } });
    const { stdout } = await fixture.cli(['jobs', 'status', 'abc12345']);
    expect(stdout).to.match(/Name:\ta\?\[2Jb c\n/);
  });
});
