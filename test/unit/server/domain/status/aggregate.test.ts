import { expect } from 'chai';
import fc from 'fast-check';
import { aggregate, explainingUid } from '../../../../../server/domain/status/aggregate.js';
import { isFinal, type NodeView, type StopMark, type Task, type TaskView } from '../../../../../server/domain/task.js';
import { taskMessage } from '../../../../../server/transport/mapping.js';
import {
  endedNode,
  job,
  node,
  pod,
  record,
  result,
  RUNNING,
  runningNode,
  T0,
  terminated,
  view,
  waitingNode,
} from '../../../../support/server/views.js';

const STOP: StopMark = { user: 'ann', timeMs: T0 + 6000, reason: '', startedAtMs: {} };
const suspended = (index: number): NodeView => node({ index, job: job({ index, suspended: true }) });
const stopping = (index: number): NodeView =>
  node({
    index,
    job: job({ index, suspended: true }),
    pod: pod({ index, phase: 'Running', container: RUNNING, deleting: true }),
  });
const stoppingUnstarted = (index: number): NodeView =>
  node({ index, job: job({ index, suspended: true }), pod: pod({ index, deleting: true }) });

describe('aggregate of a view alone', () => {
  it('is made once, for each view and namespace its own', () => {
    const running = view([runningNode(0)]);
    const ended = view([endedNode(0, 0)]);
    for (const [one, namespace] of [
      [running, 'a'],
      [ended, 'a'],
      [running, 'a'],
      [running, 'b'],
      [ended, 'a'],
    ] as const) {
      expect(aggregate(one, namespace)).to.deep.equal(aggregate(one, namespace, new Map()));
    }
    expect(aggregate(ended, 'a')).to.equal(aggregate(ended, 'a'));
  });
});

describe('aggregate', () => {
  const cases: readonly [string, readonly NodeView[], StopMark | undefined, string, string][] = [
    ['all nodes waiting', [waitingNode(0), waitingNode(1)], undefined, 'pending', 'PENDING'],
    ['one node running', [waitingNode(0), runningNode(1)], undefined, 'running', 'RUNNING'],
    ['one completed, one waiting', [endedNode(0, 0), waitingNode(1)], undefined, 'pending', 'PENDING'],
    ['one completed, one running', [endedNode(0, 0), runningNode(1)], undefined, 'running', 'RUNNING'],
    ['all completed', [endedNode(0, 0), endedNode(1, 0)], undefined, 'completed', 'COMPLETED'],
    ['one failed, one running', [endedNode(0, 1), runningNode(1)], undefined, 'failed', 'FAILED'],
    ['one failed, one completed', [endedNode(0, 0), endedNode(1, 1)], undefined, 'failed', 'FAILED'],
    ['one failed before the stop, one stopped', [endedNode(0, 1), suspended(1)], STOP, 'stopped', 'STOPPED'],
    ['one completed before the stop, one stopped', [endedNode(0, 0), suspended(1)], STOP, 'stopped', 'STOPPED'],
    ['all stopping after they ran', [stopping(0), stopping(1)], STOP, 'running', 'STOPPING'],
    ['all stopping before they ran', [stoppingUnstarted(0), stoppingUnstarted(1)], STOP, 'pending', 'STOPPING'],
    ['one stopped, one stopping', [suspended(0), stopping(1)], STOP, 'running', 'STOPPING'],
    ['one failed, one stopping', [endedNode(0, 1), stopping(1)], STOP, 'failed', 'STOPPING'],
    ['all finished before the stop', [endedNode(0, 0), endedNode(1, 0)], STOP, 'completed', 'COMPLETED'],
  ];
  for (const [title, nodes, stop, status, state] of cases) {
    it(`${title}: ${status}, ${state}`, () => {
      expect(aggregate(view(nodes, { stop }), 'default')).to.include({ status, state });
    });
  }

  describe('of a task that was stopped while it waited for its next attempt', () => {
    const halt = { timeMs: T0, blamed: [1], reason: 'PodsReadyTimeout', message: 'no room', startedAtMs: {} };
    const gaveUp = { ...halt, retryMs: 30_000 };
    const stop = { ...STOP, reason: 'not needed' };
    const ended = [
      result({ state: 'STOPPED', reason: 'PodsReadyTimeout', exitCode: undefined }),
      result({ state: 'FAILED', reason: 'PodsReadyTimeout', exitCode: undefined }),
    ];
    const nodes = [suspended(0), suspended(1)];
    const STOPPED = ['STOPPED', 'Stopped', 'stopped by ann: not needed'];
    const shown = (task: Task): unknown => task.nodes.map(({ state, reason, message }) => [state, reason, message]);

    for (const [title, results] of [
      ['noted', ended],
      ['not noted yet', [undefined, undefined]],
    ] as const) {
      it(`is stopped, the end of the attempt before being ${title}`, () => {
        const task = aggregate(view(nodes, { halt: gaveUp, stop, results }), 'default');
        expect(task).to.include({ status: 'stopped', state: 'STOPPED', diagnosis: undefined });
        expect(shown(task)).to.deep.equal([STOPPED, STOPPED]);
        expect(isFinal(task)).to.equal(true);
      });
    }

    it('is being stopped while a pod is left', () => {
      const task = aggregate(view([suspended(0), stoppingUnstarted(1)], { halt: gaveUp, stop }), 'default');
      expect(task).to.include({ status: 'pending', state: 'STOPPING' });
      expect(shown(task)).to.deep.equal([STOPPED, ['STOPPING', ...STOPPED.slice(1)]]);
    });

    it('has failed where it was not to be run again', () => {
      const late = { ...halt, reason: 'DeadlineExceeded' };
      const task = aggregate(view(nodes, { halt: late, stop }), 'default');
      expect(task).to.include({ status: 'failed', state: 'FAILED' });
      expect(task.nodes.map(({ reason }) => reason)).to.deep.equal(['PeerFailed', 'DeadlineExceeded']);
    });
  });

  it('begins with the first node that ran and ends with the last one', () => {
    const both = aggregate(view([endedNode(0, 0, 2), endedNode(1, 1, 4)]), 'default');
    expect(both).to.include({ startedAtMs: T0 + 1000, finishedAtMs: T0 + 5000, updatedAtMs: T0 + 5000 });
  });

  it('has not finished while a node has not, failed or not', () => {
    const task = aggregate(view([endedNode(0, 1), runningNode(1)]), 'default');
    expect(task.finishedAtMs).to.equal(undefined);
    expect(isFinal(task)).to.equal(false);
  });

  it('asks the pod for its events, and the Job while there is no pod', () => {
    expect(explainingUid(runningNode(1))).to.equal('pod-1');
    expect(explainingUid(waitingNode(1))).to.equal('job-1');
    expect(explainingUid(node({ job: undefined }))).to.equal('');
  });
});

/** What may happen to a node, in an order that a cluster allows. */
type Step = 'job' | 'pod' | 'start' | 'exit' | 'count' | 'suspend' | 'remove';

interface Sim {
  job: boolean;
  pod: 'none' | 'pending' | 'running' | 'exited' | 'gone';
  deleting: boolean;
  exitCode: number;
  counted: boolean;
  suspended: boolean;
}

function legal(sim: Sim, step: Step, stopped: boolean): boolean {
  switch (step) {
    case 'job':
      return !sim.job && !stopped;
    case 'pod':
      return sim.job && sim.pod === 'none' && !sim.suspended;
    case 'start':
      return sim.pod === 'pending' && !sim.deleting;
    case 'exit':
      return sim.pod === 'running';
    case 'count':
      return sim.pod === 'exited' && !sim.counted && !sim.suspended;
    case 'suspend':
      return sim.job && stopped && !sim.suspended && !sim.counted;
    case 'remove':
      return sim.suspended && sim.pod !== 'none' && sim.pod !== 'gone';
  }
}

function perform(sim: Sim, step: Step): void {
  if (step === 'job') sim.job = true;
  else if (step === 'pod') sim.pod = 'pending';
  else if (step === 'start') sim.pod = 'running';
  else if (step === 'exit') sim.pod = 'exited';
  else if (step === 'count') sim.counted = true;
  else if (step === 'suspend') {
    sim.suspended = true;
    sim.deleting = sim.pod !== 'exited';
  } else sim.pod = 'gone';
}

function show(sim: Sim, index: number, nowMs: number): NodeView {
  const container =
    sim.pod === 'running'
      ? RUNNING
      : sim.pod === 'exited'
        ? terminated(sim.exitCode, { seconds: 2 })
        : ({ state: 'waiting', reason: '', message: '' } as const);
  const phase =
    sim.pod === 'running'
      ? 'Running'
      : sim.pod === 'exited'
        ? sim.exitCode === 0
          ? 'Succeeded'
          : 'Failed'
        : 'Pending';
  const shown =
    sim.pod === 'none' || sim.pod === 'gone' ? undefined : pod({ index, phase, container, deleting: sim.deleting });
  return node({
    index,
    job: sim.job
      ? job({
          index,
          suspended: sim.suspended,
          outcome: sim.counted ? (sim.exitCode === 0 ? 'complete' : 'failed') : undefined,
          outcomeAtMs: sim.counted ? nowMs : undefined,
        })
      : undefined,
    pod: shown,
  });
}

describe('the states of a task', () => {
  const step = fc.tuple(
    fc.nat(3),
    fc.constantFrom<Step | 'stop'>('job', 'pod', 'start', 'exit', 'count', 'suspend', 'remove', 'stop'),
  );

  it('never leave a final state, and the counts add up, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 137), { minLength: 1, maxLength: 4 }),
        fc.array(step, { maxLength: 60 }),
        (exitCodes, steps) => {
          const sims = exitCodes.map(
            (exitCode): Sim => ({
              job: false,
              pod: 'none',
              deleting: false,
              exitCode,
              counted: false,
              suspended: false,
            }),
          );
          let stop: StopMark | undefined;
          let before: Task | undefined;
          for (const [at, action] of steps) {
            const launched = sims.every((sim) => sim.job);
            if (action === 'stop') {
              // Nobody knows the id of a task that is still being created.
              if (launched) stop ??= STOP;
            } else {
              const sim = sims[at % sims.length];
              if (!sim || !legal(sim, action, stop !== undefined)) continue;
              perform(sim, action);
            }
            const shown: TaskView = {
              record: record({ numNodes: sims.length, stop, launched: sims.every((sim) => sim.job) }),
              nodes: sims.map((sim, index) => show(sim, index, T0 + 4000)),
              changedAtMs: T0,
            };
            const task = aggregate(shown, 'default');
            check(before, task);
            before = task;
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  function check(before: Task | undefined, task: Task): void {
    const { metadata } = taskMessage(task);
    if (!metadata) throw new Error('a task has metadata');
    const { succeededNodes, failedNodes, runningNodes, pendingNodes, stoppedNodes, numNodes } = metadata;
    expect(succeededNodes + failedNodes + runningNodes + pendingNodes + stoppedNodes).to.equal(numNodes);
    if (isFinal(task)) expect(task.finishedAtMs, 'a final task has an end').not.to.equal(undefined);
    for (const [index, earlier] of (before?.nodes ?? []).entries()) {
      if (!['COMPLETED', 'FAILED', 'STOPPED'].includes(earlier.state)) continue;
      expect(task.nodes[index]?.state, 'a final state is kept').to.equal(earlier.state);
    }
    if (before && isFinal(before)) expect(task).to.include({ status: before.status, state: before.state });
    if (before?.status === 'failed' && !task.record.stop) expect(task.status).to.equal('failed');
  }
});
