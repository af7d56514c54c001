import { expect } from 'chai';
import { aggregate } from '../../../../../server/domain/status/aggregate.js';
import { nodeState } from '../../../../../server/domain/status/node-state.js';
import { retryOf } from '../../../../../server/domain/status/retry.js';
import {
  isFinal,
  type NodeView,
  type PastAttempt,
  type RunRules,
  type TaskRecord,
} from '../../../../../server/domain/task.js';
import { endedNode, job, node, pod, runningNode, T0, terminated, view } from '../../../../support/server/views.js';

const past = (over: Partial<PastAttempt> = {}): PastAttempt => ({
  node: 0,
  reason: 'Error',
  message: 'exit code 3',
  exitCode: 3,
  counts: true,
  startedAtMs: T0,
  finishedAtMs: T0 + 1000,
  ...over,
});
const rules = (maxRestartsOnErrors: number, recoverOnExitCodes: number[] = []): RunRules => ({
  failFast: true,
  timeoutMs: undefined,
  startWithinMs: undefined,
  recovery: { maxRestartsOnErrors, recoverOnExitCodes },
});

function retry(nodes: readonly NodeView[], over: Partial<TaskRecord>): ReturnType<typeof retryOf> {
  const { record } = view(nodes, over);
  return retryOf(
    record,
    nodes.map((own) => nodeState(own, record)),
  );
}

describe('retryOf', () => {
  it('runs a failed task again as often as it says, and later each time', () => {
    expect(retry([endedNode(0, 3)], { rules: rules(2) })?.atMs).to.equal(T0 + 5000 + 1000);
    expect(retry([endedNode(0, 3)], { rules: rules(2), attempt: 1, past: [past()] })?.atMs).to.equal(T0 + 5000 + 2000);
    expect(retry([endedNode(0, 3)], { rules: rules(2), attempt: 2, past: [past(), past()] })).to.equal(undefined);
    expect(retry([endedNode(0, 3)], { rules: rules(0, [4]) })).to.equal(undefined);
    expect(retry([endedNode(0, 0)], { rules: rules(2) })).to.equal(undefined);
    expect(retry([endedNode(0, 3)], {})).to.equal(undefined);
  });

  it('does not count exit codes that the task names', () => {
    const spent = { attempt: 1, past: [past()] };
    expect(retry([endedNode(0, 33)], { rules: rules(1, [33]), ...spent })?.past).to.include({
      exitCode: 33,
      counts: false,
    });
    expect(retry([endedNode(0, 34)], { rules: rules(1, [33]), ...spent })).to.equal(undefined);
    expect(
      retry([endedNode(0, 3)], { rules: rules(1), attempt: 1, past: [past({ counts: false })] })?.past.counts,
    ).to.equal(true);
  });

  it('does not count what the cluster did', () => {
    const evicted = node({
      job: job({ outcome: 'failed' }),
      pod: pod({ phase: 'Failed', reason: 'Evicted', message: 'low' }),
    });
    expect(retry([evicted], { rules: rules(0, [33]) })?.past).to.include({ reason: 'Evicted', counts: false });
    const deleted = node({
      job: job({ outcome: 'failed' }),
      pod: pod({ phase: 'Failed', container: terminated(143), deletedAtMs: T0 }),
    });
    expect(retry([deleted], { rules: rules(0) })?.past).to.include({
      reason: 'PodDeleted',
      exitCode: 143,
      counts: false,
    });
    const [restarted] = aggregate(view([deleted], { rules: rules(0) }), 'default').nodes;
    expect(restarted?.message).to.contain('was deleted');
  });

  it('runs a task again whose nodes did not all find a machine, whatever it says of recovery', () => {
    const suspended = [0, 1].map((index) => node({ index, job: job({ index, suspended: true }) }));
    const halt = {
      timeMs: T0,
      blamed: [1],
      reason: 'PodsReadyTimeout',
      message: 'no room',
      startedAtMs: {},
      retryMs: 30_000,
    };
    const again = retry(suspended, { numNodes: 2, rules: { ...rules(0), recovery: undefined }, halt });
    expect(again?.past).to.include({ node: 1, reason: 'PodsReadyTimeout', message: 'no room', counts: false });
    const ended = [
      node({ index: 0, job: job({ index: 0, outcome: 'failed', suspended: true }), pod: endedNode(0, 143).pod }),
      ...suspended.slice(1),
    ];
    expect(retry(ended, { numNodes: 2, rules: rules(0), halt })?.atMs).to.equal(T0 + 5000 + 30_000);
    const stop = { user: 'ann', timeMs: T0, reason: '', startedAtMs: {} };
    expect(retry(suspended, { numNodes: 2, rules: rules(0), halt, stop })).to.equal(undefined);
    expect(aggregate(view(suspended, { numNodes: 2, rules: rules(0), halt }), 'default')).to.deep.include({
      status: 'pending',
      state: 'PENDING',
    });
  });

  it('leaves alone what was stopped, ran too long, or never started', () => {
    const stop = { user: 'ann', timeMs: T0 + 9000, reason: '', startedAtMs: {} };
    expect(retry([endedNode(0, 3)], { rules: rules(5), stop })).to.equal(undefined);
    const suspended = node({ job: job({ suspended: true }) });
    const halt = { timeMs: T0, blamed: [0], reason: 'DeadlineExceeded', message: 'too long', startedAtMs: {} };
    expect(retry([suspended], { rules: rules(5), halt })).to.equal(undefined);
    expect(retry([endedNode(0, 3)], { rules: rules(5), attempt: 999 })).to.equal(undefined);
  });

  it('is known as soon as a node has failed, and due when all have ended', () => {
    expect(retry([endedNode(0, 3), runningNode(1)], { rules: rules(1) })).to.deep.include({ atMs: undefined });
    expect(retry([endedNode(0, 3), endedNode(1, 0, 8)], { rules: rules(1) })?.atMs).to.equal(T0 + 9000 + 1000);
  });

  it('keeps the task from having failed, or ended', () => {
    const task = aggregate(view([endedNode(0, 3), endedNode(1, 0)], { rules: rules(1) }), 'default');
    expect(isFinal(task)).to.equal(false);
    expect(task).to.include({ status: 'pending', state: 'PENDING', finishedAtMs: undefined });
    expect(task.nodes.map(({ reason }) => reason)).to.deep.equal(['Restarting', 'Restarting']);
    expect(task.diagnosis).to.include({
      category: 'Restarting',
      cause: 'node-0: attempt 1 begins soon, because node-0 exited 3',
    });
    const halting = { timeMs: T0 + 9000, blamed: [0], reason: '', message: '', startedAtMs: {} };
    const ending = aggregate(view([endedNode(0, 3), runningNode(1)], { rules: rules(1), halt: halting }), 'default');
    expect(ending).to.include({ status: 'running', state: 'RUNNING' });
  });
});
