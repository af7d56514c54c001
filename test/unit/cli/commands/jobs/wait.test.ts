import { expect } from 'chai';
import { status } from '@grpc/grpc-js';
import { TaskState } from '../../../../../gen/k8scli/v1/task.js';
import { task } from '../../../client/support/scripted-server.js';
import { FAILED, useServer } from '../../support/fixture.js';

const AT = { seconds: 1_700_000_030n, nanos: 0 };
const RUNNING = { status: 'running', state: TaskState.RUNNING, finishedAt: undefined };

describe('k8s-cli jobs wait', () => {
  const fixture = useServer();

  /** What each task shows, one state after the other; a task whose last state is not final goes on for ever. */
  async function serve(tasks: Readonly<Record<string, readonly ReturnType<typeof task>[]>>): Promise<void> {
    await fixture.serve({
      // No id begins with those of this suite: they are sent as they are.
      unary: { listTasks: () => ({ tasks: [], nextPageToken: '' }) },
      stream: {
        watchTask: (call) => {
          const { taskId } = call.request;
          const states = tasks[taskId];
          if (!states)
            throw Object.assign(new Error('no such task'), { code: status.NOT_FOUND, details: 'no such task' });
          for (const state of states) call.write({ ...state, taskId });
          if (states.at(-1)?.finishedAt) call.end();
        },
      },
    });
  }

  const COMPLETED = task({ status: 'completed', state: TaskState.COMPLETED, startedAt: AT, finishedAt: AT });
  const STOPPED = task({ status: 'stopped', state: TaskState.STOPPED, startedAt: AT, finishedAt: AT });

  it('says how a task ended, with its result as exit code', async () => {
    await serve({ one: [task(RUNNING), FAILED] });
    const { exitCode, stdout } = await fixture.cli(['jobs', 'wait', 'one']);
    expect(stdout).to.match(/^Task one failed after 20s/);
    expect(exitCode).to.equal(3);
  });

  it("ends with SkyPilot's codes where those are asked for", async () => {
    await serve({ a: [COMPLETED], b: [STOPPED], c: [FAILED], d: [task(RUNNING)] });
    const sky = async (...words: string[]): Promise<number> =>
      (await fixture.cli(['jobs', 'wait', '--exit-code', 'sky', ...words])).exitCode;
    expect(await sky('a')).to.equal(0);
    expect(await sky('a', 'b')).to.equal(103);
    expect(await sky('c')).to.equal(100);
    expect(await sky('d', '--timeout', '1s')).to.equal(101);
    expect(await sky('nobody')).to.equal(102);
    const { exitCode, stderr } = await fixture.cli(['jobs', 'wait', 'a', '--exit-code', 'argo']);
    expect(exitCode).to.equal(2);
    expect(stderr).to.contain('--exit-code argo: use task, sky');
  });

  it('waits for the last node of a task that has failed already', async () => {
    await serve({ one: [{ ...FAILED, finishedAt: undefined }, FAILED] });
    const { stdout } = await fixture.cli(['jobs', 'wait', 'one']);
    expect(stdout.match(/^Task/gm)).to.have.length(1);
  });

  it('waits for all, and ends with the result of the first in the order given that did not complete', async () => {
    await serve({ a: [COMPLETED], b: [STOPPED], c: [FAILED] });
    const { exitCode, stdout } = await fixture.cli(['jobs', 'wait', 'a', 'b', 'c']);
    expect(stdout.match(/^Task \w/gm)).to.have.members(['Task a', 'Task b', 'Task c']);
    expect(exitCode).to.equal(122);
  });

  it('prints the final state of each task, or its id, for programs', async () => {
    await serve({ a: [task(RUNNING), COMPLETED], b: [STOPPED] });
    const { exitCode, stdout } = await fixture.cli(['jobs', 'wait', 'a', 'b', '-o', 'json']);
    const lines = stdout.trim().split('\n');
    const ended = lines.map((line) => JSON.parse(line) as { task_id: string; status: string });
    expect(ended.map(({ task_id: id, status: word }) => `${id} ${word}`)).to.have.members(['a completed', 'b stopped']);
    expect(exitCode).to.equal(122);
    expect((await fixture.cli(['jobs', 'wait', 'a', '-o', 'name'])).stdout).to.equal('a\n');
  });

  it('says nothing of a connection that was cut and is there again at the first try, as behind a proxy that ends quiet ones', async () => {
    const states = [task({ ...RUNNING, name: '#cut' }), task({ ...RUNNING, name: '#cut' }), COMPLETED];
    await fixture.serve({
      unary: { listTasks: () => ({ tasks: [], nextPageToken: '' }) },
      stream: {
        watchTask: (call) => {
          call.write({ ...states.shift(), taskId: 'a' });
          if (states.length === 0) call.end();
        },
      },
    });
    expect(await fixture.cli(['jobs', 'wait', 'a'])).to.include({ exitCode: 0, stderr: '' });
  });

  it('says once, whatever it waits for, that the connection is lost, and goes on', async () => {
    let calls = 0;
    const tries = new Map<string, number>();
    let heard = (): void => {};
    const other = new Promise<void>((resolve) => (heard = resolve));
    await fixture.serve({
      unary: { listTasks: () => ({ tasks: [], nextPageToken: '' }) },
      stream: {
        watchTask: async (call) => {
          const { taskId } = call.request;
          if (++calls <= 2) {
            call.write({ ...task(RUNNING), taskId, name: calls === 2 ? '#cut' : 'whole' });
            return;
          }
          const attempt = (tries.get(taskId) ?? 0) + 1;
          tries.set(taskId, attempt);
          // The one is heard again while the other still is not.
          if (attempt === 2 && taskId === 'b') await other;
          if (attempt === (taskId === 'a' ? 2 : 3)) call.write({ ...COMPLETED, taskId });
          call.end();
        },
      },
    });
    const { exitCode, stderr } = await fixture.cli(['jobs', 'wait', 'a', 'b'], { onStdout: () => heard() });
    expect(stderr).to.match(/^k8s-cli: connection lost \(.+\); going on as soon as the server at \S+ is back, .*\n$/);
    expect(exitCode).to.equal(0);
  });

  it('waits with --any for the first', async () => {
    await serve({ a: [task(RUNNING)], b: [COMPLETED] });
    const { exitCode, stdout } = await fixture.cli(['jobs', 'wait', 'a', 'b', '--any']);
    expect(stdout).to.match(/^Task b completed/);
    expect(exitCode).to.equal(0);
  });

  it('gives up when the time is up, and says of which tasks', async () => {
    await serve({ a: [COMPLETED], b: [task(RUNNING)] });
    const { exitCode, stderr } = await fixture.cli(['jobs', 'wait', 'a', 'b', '--timeout', '300ms']);
    expect(exitCode).to.equal(124);
    expect(stderr).to.equal('Time is up; not ended: b\n');
  });

  it('takes a time that is no whole number of milliseconds', async () => {
    await serve({ a: [COMPLETED] });
    expect(await fixture.cli(['jobs', 'wait', 'a', '--timeout', '1.1h'])).to.include({ exitCode: 0, stderr: '' });
  });

  it('refuses a time that no timer knows', async () => {
    await serve({ a: [COMPLETED] });
    const { exitCode, stderr } = await fixture.cli(['jobs', 'wait', 'a', '--timeout', '25d']);
    expect(exitCode).to.equal(2);
    expect(stderr).to.match(/^k8s-cli: --timeout must be at most 24d; leave it out to wait as long as it takes/);
  });

  it('ends when a task is not there', async () => {
    await serve({ a: [task(RUNNING)] });
    expect(await fixture.cli(['jobs', 'wait', 'a', 'gone'])).to.include({ exitCode: 123 });
  });
});
