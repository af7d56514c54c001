import { expect } from 'chai';
import { PLAIN } from '../../../cli/output/style.js';
import { describeResult, taskExitCode } from '../../../cli/task-result.js';
import { TaskState, type TaskStatus } from '../../../gen/k8scli/v1/task.js';
import { task } from '../client/support/scripted-server.js';

const NOW_MS = 1_700_000_100_000;
const at = (seconds: number, nanos = 0): { seconds: bigint; nanos: number } => ({
  seconds: 1_700_000_000n + BigInt(seconds),
  nanos,
});

describe('taskExitCode', () => {
  const own = (ended: TaskStatus): number | undefined => taskExitCode(ended, 'task');
  const failed = (nodes: NonNullable<Parameters<typeof task>[0]>['nodes']): ReturnType<typeof task> =>
    task({ status: 'failed', state: TaskState.FAILED, nodes: nodes ?? [] });
  const FAILED = TaskState.FAILED;

  it('is 0 for a completed task and 122 for a stopped one', () => {
    expect(own(task())).to.equal(0);
    expect(own(task({ state: TaskState.STOPPED }))).to.equal(122);
    expect(own(task({ state: TaskState.STOPPING }))).to.equal(122);
  });

  it('is that of the node that failed first, to the nanosecond', () => {
    const nodes = [
      { index: 0, state: FAILED, exitCode: 5, finishedAt: at(1, 2) },
      { index: 1, state: FAILED, exitCode: 6, finishedAt: at(1, 1) },
      { index: 2, state: TaskState.COMPLETED, exitCode: 0, finishedAt: at(0) },
    ];
    expect(own(failed(nodes))).to.equal(6);
  });

  it('is never 0 for a failed task', () => {
    expect(own(failed([]))).to.equal(1);
    expect(own(failed([{ index: 0, state: FAILED }]))).to.equal(1);
    expect(own(failed([{ index: 0, state: FAILED, exitCode: 0 }]))).to.equal(1);
  });

  it('is 124 where the first failed node had no more time, however its program ended', () => {
    const late = { index: 0, state: FAILED, reason: 'DeadlineExceeded', exitCode: 137, finishedAt: at(1) };
    expect(own(failed([late]))).to.equal(124);
    expect(own(failed([late, { index: 1, state: FAILED, exitCode: 3, finishedAt: at(0) }]))).to.equal(3);
  });

  it('is undefined while the task goes on', () => {
    for (const state of [TaskState.PENDING, TaskState.RUNNING]) expect(own(task({ state }))).to.equal(undefined);
  });

  it("is SkyPilot's where that is asked for", () => {
    const sky = (ended: TaskStatus): number | undefined => taskExitCode(ended, 'sky');
    expect(sky(task())).to.equal(0);
    expect(sky(failed([{ index: 0, state: FAILED, exitCode: 122 }]))).to.equal(100);
    expect(sky(task({ state: TaskState.STOPPED }))).to.equal(103);
    expect(sky(task({ state: TaskState.RUNNING }))).to.equal(undefined);
  });
});

describe('describeResult', () => {
  it('says how it ended, after how long, why, and what to do', () => {
    const failed = task({
      status: 'failed',
      state: TaskState.FAILED,
      startedAt: at(10),
      finishedAt: at(15),
      diagnosis: { cause: 'out of memory', fix: 'ask for more memory' },
    });
    expect(describeResult(failed, NOW_MS, PLAIN)).to.equal(
      'Task abc12345 failed after 5s: out of memory\n  ask for more memory\n',
    );
  });

  it('counts from the times that are shown, which are whole seconds', () => {
    const done = task({ startedAt: { seconds: 10n, nanos: 900_000_000 }, finishedAt: { seconds: 12n, nanos: 0 } });
    expect(describeResult(done, NOW_MS, PLAIN)).to.equal('Task abc12345 completed after 2s\n');
  });

  it('has the command that prints the log that is to be read', () => {
    const diagnosis = { cause: 'exit code 3', fix: 'see the log of the node', node: 1 };
    expect(describeResult(task({ status: 'failed', state: TaskState.FAILED, diagnosis }), NOW_MS, PLAIN)).to.match(
      /\n {2}see the log of the node \(k8s-cli jobs logs abc12345 --node 1\)\n$/,
    );
  });

  it('does not send to the log who has just read it, but tells all else', () => {
    const lines = (fix: string): string => {
      const failed = task({ status: 'failed', state: TaskState.FAILED, diagnosis: { cause: 'exit code 3', fix } });
      return describeResult(failed, NOW_MS, PLAIN, true);
    };
    expect(lines('see the log of the node for what setup printed')).to.equal('Task abc12345 failed: exit code 3\n');
    expect(lines('ask for more memory')).to.equal('Task abc12345 failed: exit code 3\n  ask for more memory\n');
  });

  it('names who stopped it', () => {
    const stop = { username: 'bob', reason: '' };
    expect(describeResult(task({ status: 'stopped', state: TaskState.STOPPED, stop }), NOW_MS, PLAIN)).to.equal(
      'Task abc12345 stopped by bob\n',
    );
  });

  it('takes the first failed node where there is no diagnosis', () => {
    const failed = task({
      status: 'failed',
      state: TaskState.FAILED,
      nodes: [{ index: 3, state: TaskState.FAILED, exitCode: 9 }],
    });
    expect(describeResult(failed, NOW_MS, PLAIN)).to.equal('Task abc12345 failed: node-3: exit code 9\n');
  });
});
