import { expect } from 'chai';
import { doubtAtMs, type Halt, haltMark, haltOf } from '../../../../../server/domain/status/halt.js';
import type { NodeView, PastAttempt, PodView, RunRules, TaskRecord } from '../../../../../server/domain/task.js';
import {
  endedNode,
  job,
  node,
  pod,
  result,
  RUNNING,
  runningNode,
  T0,
  view,
  waitingNode,
} from '../../../../support/server/views.js';

const RULES: RunRules = { failFast: true, timeoutMs: undefined, startWithinMs: undefined, recovery: undefined };
const MINUTE = 60_000;

function halt(
  nodes: readonly NodeView[],
  rules: Partial<RunRules> = {},
  over: Partial<TaskRecord> = {},
): ReturnType<typeof haltOf> {
  return haltOf(view(nodes, { rules: { ...RULES, ...rules }, ...over }), undefined);
}

const waits = (index: number, reason: string, message = ''): NodeView =>
  node({
    index,
    job: job({ index, activeSinceMs: T0 }),
    pod: pod({ index, scheduledAtMs: T0 + 1000, nodeName: 'worker', container: { state: 'waiting', reason, message } }),
  });

describe('haltOf', () => {
  it('ends the others at once when a node has failed, and blames it', () => {
    const due = halt([runningNode(0), endedNode(1, 3), endedNode(2, 0), runningNode(3)]);
    expect(due?.atMs).to.be.below(T0);
    expect(due?.mark).to.deep.equal({ blamed: [1], reason: '', message: '' });
  });

  it('blames the first of several, in the same second the one that was not killed', () => {
    expect(halt([runningNode(0), endedNode(1, 3, 5), endedNode(2, 4, 2)])?.mark.blamed).to.deep.equal([2, 1]);
    expect(halt([runningNode(0), endedNode(1, 137), endedNode(2, 1)])?.mark.blamed).to.deep.equal([2, 1]);
  });

  it('knows of a failure from the record too, when pod and Job are gone', () => {
    const results = [undefined, result({ state: 'FAILED', exitCode: 3 })];
    expect(halt([runningNode(0), waitingNode(1)], {}, { results })?.mark.blamed).to.deep.equal([1]);
  });

  it('lets the others go on where the task says so', () => {
    expect(halt([runningNode(0), endedNode(1, 3)], { failFast: false })).to.equal(undefined);
  });

  it('has nothing to end when all have ended, were stopped, or are ended already', () => {
    expect(halt([endedNode(0, 0), endedNode(1, 3)])).to.equal(undefined);
    const nodes = [runningNode(0), endedNode(1, 3)];
    expect(halt(nodes, {}, { stop: { user: 'ann', timeMs: T0, reason: '', startedAtMs: {} } })).to.equal(undefined);
    expect(halt(nodes, {}, { halt: { timeMs: T0, blamed: [1], reason: '', message: '', startedAtMs: {} } })).to.equal(
      undefined,
    );
    expect(halt(nodes, {}, { deleting: true })).to.equal(undefined);
    expect(haltOf(view(nodes), undefined)).to.equal(undefined);
  });

  it('counts the timeout from the start of the first node, and blames whoever has not ended', () => {
    const due = halt([runningNode(0), endedNode(1, 0), waitingNode(2)], { timeoutMs: 90_000 });
    expect(due?.atMs).to.equal(T0 + 1000 + 90_000);
    expect(due?.mark).to.deep.equal({
      blamed: [0, 2],
      reason: 'DeadlineExceeded',
      message: 'the task ran longer than its timeout of 1m30s',
    });
    expect(halt([waitingNode(0)], { timeoutMs: 90_000 })).to.equal(undefined);
  });

  it('counts the time to start from when the Job may run, not while it is suspended', () => {
    const active = node({ job: job({ activeSinceMs: T0 + 5000 }) });
    const due = halt([active], { startWithinMs: 10 * MINUTE });
    expect(due?.atMs).to.equal(T0 + 5000 + 10 * MINUTE);
    expect(due?.mark).to.include({ reason: 'DeadlineExceeded' });
    expect(due?.mark.message).to.match(
      /^did not start within 10m \(provision_timeout\): waiting for the Job controller/,
    );
    const suspended = node({ job: job({ suspended: true, activeSinceMs: T0 }) });
    expect(halt([suspended], { startWithinMs: 10 * MINUTE })).to.equal(undefined);
  });

  it('says what events tell of why it did not start', () => {
    const refused = view([node({ job: job({ activeSinceMs: T0 }) })], { rules: { ...RULES, startWithinMs: 2000 } });
    const event = { reason: 'FailedCreate', message: 'exceeded quota: x', warning: true, timeMs: T0 };
    expect(haltOf(refused, undefined, new Map([['job-0', [event]]]))?.mark.message).to.equal(
      'did not start within 2s (provision_timeout): exceeded quota: x',
    );
  });

  it('gives a cluster that has not yet said why there is no pod, or no machine, some seconds more to say it', () => {
    const silent = view([node({ job: job({ activeSinceMs: T0 }) })], { rules: { ...RULES, startWithinMs: 2000 } });
    expect(haltOf(silent, undefined)?.atMs).to.equal(T0 + 2000);
    expect(haltOf(silent, undefined, new Map())?.atMs).to.equal(T0 + 12_000);
    const event = { reason: 'FailedCreate', message: 'exceeded quota: x', warning: true, timeMs: T0 };
    expect(haltOf(silent, undefined, new Map([['job-0', [event]]]))?.atMs).to.equal(T0 + 2000);
    const unschedulable = pod({ unschedulable: { reason: 'Unschedulable', message: 'Insufficient cpu' } });
    const atMs = (of: PodView) =>
      haltOf(view([node({ job: job({ activeSinceMs: T0 }), pod: of })], silent.record), undefined, new Map())?.atMs;
    expect(atMs(unschedulable)).to.equal(T0 + 2000);
    expect(atMs(pod({}))).to.equal(T0 + 12_000);
    expect(atMs(pod({ scheduledAtMs: T0 + 1000, nodeName: 'worker' }))).to.equal(T0 + 2000);
  });

  it('has patience of its own from when a machine was found, and none before', () => {
    expect(halt([waits(0, 'ContainerCreating')])?.atMs).to.equal(T0 + 1000 + 30 * MINUTE);
    const unschedulable = pod({ unschedulable: { reason: 'Unschedulable', message: 'Insufficient cpu' } });
    expect(halt([node({ job: job({ activeSinceMs: T0 }), pod: unschedulable })])).to.equal(undefined);
    expect(halt([waits(0, 'ContainerCreating')], { startWithinMs: 'any' })).to.equal(undefined);
    expect(halt([runningNode(0)])).to.equal(undefined);
  });

  it('gives up a node that will never start, after some tries', () => {
    const missing = 'failed to pull and unpack image "docker.io/library/nope:1": docker.io/library/nope:1: not found';
    const due = halt([runningNode(0), waits(1, 'ErrImagePull', missing)]);
    expect(due?.atMs).to.equal(T0 + 1000 + 5 * MINUTE);
    expect(due?.mark).to.deep.equal({ blamed: [1], reason: 'ErrImagePull', message: missing });
    expect(halt([waits(0, 'CreateContainerError', 'context deadline exceeded')])?.atMs).to.equal(
      T0 + 1000 + 30 * MINUTE,
    );
    expect(halt([waits(0, 'InvalidImageName', 'couldn\'t parse image name "a b"')])?.atMs).to.equal(T0 + 11_000);
    expect(halt([waits(0, 'ErrImagePull', 'dial tcp: lookup registry.invalid: no such host')])?.atMs).to.equal(
      T0 + 1000 + 30 * MINUTE,
    );
  });

  it('is in doubt, after some tries, about a node of which only events can tell, and lets them say that it will never start', () => {
    const silent = view([runningNode(0), waits(1, 'ContainerCreating')], { rules: RULES });
    expect(doubtAtMs(silent)).to.equal(T0 + 1000 + 5 * MINUTE);
    const message = 'MountVolume.SetUp failed for volume "secret-0" : secret "keys" not found';
    const events = new Map([['pod-1', [{ reason: 'FailedMount', message, warning: true, timeMs: T0 }]]]);
    expect(haltOf(silent, undefined, events)).to.deep.equal({
      atMs: T0 + 1000 + 5 * MINUTE,
      mark: { blamed: [1], reason: 'FailedMount', message },
    });
    const doubt = (nodes: readonly NodeView[], rules: Partial<RunRules> = {}): number | undefined =>
      doubtAtMs(view(nodes, { rules: { ...RULES, ...rules } }));
    expect(doubt([waits(0, 'ContainerCreating')], { startWithinMs: 'any' })).to.equal(undefined);
    expect(doubt([runningNode(0), waits(1, 'ErrImagePull'), waitingNode(2)])).to.equal(undefined);
    expect(doubtAtMs(view([waits(0, 'ContainerCreating')]))).to.equal(undefined);
  });

  describe('of a task of which some nodes hold machines while others find none', () => {
    const full = { reason: 'Unschedulable', message: '0/1 nodes are available: 1 Insufficient cpu.' };
    const placed = (index: number, atMs: number, over: Partial<PodView> = {}): NodeView =>
      node({
        index,
        job: job({ index, activeSinceMs: T0 }),
        pod: pod({ index, scheduledAtMs: atMs, phase: 'Running', container: RUNNING, silent: true, ...over }),
      });
    const missing = (index: number): NodeView =>
      node({ index, job: job({ index, activeSinceMs: T0 }), pod: pod({ index, unschedulable: full }) });
    const due = (
      nodes: readonly NodeView[],
      rules: Partial<RunRules> = {},
      over: Partial<TaskRecord> = {},
    ): Halt | undefined => haltOf(view(nodes, { rules: { ...RULES, ...rules }, ...over }), 10 * MINUTE);

    it('has it give them back when nothing has changed for some time, and try again', () => {
      const halted = due([placed(0, T0 + 1000), placed(1, T0 + 5000), missing(2)]);
      expect(halted?.atMs).to.be.within(T0 + 5000 + 10 * MINUTE, T0 + 5000 + 15 * MINUTE);
      expect(halted?.mark).to.deep.equal({
        blamed: [2],
        reason: 'PodsReadyTimeout',
        message: 'not all nodes found a machine within 10m (node-2: 0/1 nodes are available: 1 Insufficient cpu.)',
        retryMs: 30_000,
      });
    });

    it('counts a pod that a quota refuses as one without a machine', () => {
      const refused = node({ index: 1, job: job({ index: 1, activeSinceMs: T0 }) });
      expect(due([placed(0, T0), refused])?.mark).to.deep.include({ blamed: [1] });
    });

    it('stays away twice as long each time, and not for ever', () => {
      const nodes = [placed(0, T0), missing(1)];
      const past: PastAttempt = {
        node: 1,
        reason: 'PodsReadyTimeout',
        message: '',
        exitCode: undefined,
        counts: false,
        startedAtMs: undefined,
        finishedAtMs: undefined,
      };
      const after = (times: number): number | undefined =>
        due(nodes, {}, { past: Array.from({ length: times }, () => past), attempt: times })?.mark.retryMs;
      expect([0, 1, 2, 3, 4, 50].map(after)).to.deep.equal([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
      expect(after(999), 'no name is left for another attempt').to.equal(undefined);
    });

    it('has two such tasks do so at different times', () => {
      const at = (id: string): number | undefined => due([placed(0, T0), missing(1)], {}, { id })?.atMs;
      expect(at('abc12345')).to.equal(at('abc12345'));
      expect(at('abc12345')).to.not.equal(at('abc12346'));
    });

    it('leaves every other task alone', () => {
      const nodes = [placed(0, T0), missing(1)];
      expect(haltOf(view(nodes, { rules: RULES }), undefined), 'where the operator says so').to.equal(undefined);
      expect(due([missing(0), missing(1)]), 'it holds none').to.equal(undefined);
      expect(due([placed(0, T0), placed(1, T0)])?.mark.reason, 'all have one').to.not.equal('PodsReadyTimeout');
      const running = placed(0, T0, { silent: false, peers: { phase: 'run', digest: '' } });
      expect(due([running, missing(1)]), 'it runs').to.equal(undefined);
      expect(due([endedNode(0, 0), placed(1, T0), missing(2)]), 'a node has ended').to.equal(undefined);
      const stop = { user: 'ann', timeMs: T0, reason: '', startedAtMs: {} };
      expect(due(nodes, {}, { stop })).to.equal(undefined);
      expect(due(nodes, { startWithinMs: 60 * MINUTE })?.mark.reason, 'its own time').to.equal('DeadlineExceeded');
      expect(due(nodes, { startWithinMs: 'any' })?.mark.reason).to.equal('PodsReadyTimeout');
    });
  });

  it('remembers when nodes had started, for when their pods are gone', () => {
    const shown = view([runningNode(0), endedNode(1, 3), waitingNode(2)], { rules: RULES });
    const due = haltOf(shown, undefined);
    if (!due) throw new Error('a halt was expected');
    expect(haltMark(due, shown, T0 + 9000)).to.deep.equal({
      timeMs: T0 + 9000,
      blamed: [1],
      reason: '',
      message: '',
      startedAtMs: { 0: T0 + 1000, 1: T0 + 1000 },
    });
  });
});
