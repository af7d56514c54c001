import { expect } from 'chai';
import { TaskError } from '../../../../server/domain/errors.js';
import { stopTask, stopTasks } from '../../../../server/domain/stop.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { failureOf } from '../../../support/server/failure.js';
import { endedNode, job, node, runningNode, T0, view, waitingNode } from '../../../support/server/views.js';

const { signal } = new AbortController();
const STOP = { user: 'bob', timeMs: T0, reason: 'first', startedAtMs: {} };

const because = (reason: string) => ({ reason, graceMs: undefined });

describe('stopTask', () => {
  it('marks the task with who, when and why', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    expect(await stopTask(domain, 'ann', 'abc12345', because('wrong data'), { signal })).to.equal('stopped');
    const mark = { user: 'ann', timeMs: domain.clock.now(), reason: 'wrong data', startedAtMs: { 0: T0 + 1000 } };
    expect(domain.stops).to.deep.equal([{ id: 'abc12345', mark }]);
  });

  it('sees to it that no log goes with its pod', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    domain.onStop = (id) => expect(domain.held).to.deep.equal([id]);
    await stopTask(domain, 'ann', 'abc12345', because(''), new AbortController());
    expect(domain.stops).to.have.length(1);
  });

  it('stops a task that still waits', async () => {
    const domain = new FakeDomain();
    domain.show(view([waitingNode(0)]));
    expect(await stopTask(domain, 'ann', 'abc12345', because(''), { signal })).to.equal('stopped');
  });

  it('keeps the first mark when it is asked again, and sees to it once more', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)], { stop: STOP }));
    expect(await stopTask(domain, 'ann', 'abc12345', because('second'), { signal })).to.equal('stopping');
    expect(domain.stops).to.deep.equal([{ id: 'abc12345', mark: STOP }]);
  });

  it('passes on how much time programs have, in whole seconds', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)], { stop: STOP }));
    const request = { reason: '', graceMs: 1500 };
    expect(await stopTask(domain, 'ann', 'abc12345', request, { signal })).to.equal('stopping');
    expect(domain.stops[0]?.graceSeconds).to.equal(2);
    await stopTasks(domain, 'ann', false, { reason: '', graceMs: 1000 }, signal);
    expect(domain.stops[1]?.graceSeconds).to.equal(1);
  });

  for (const graceMs of [0, 999, -1000]) {
    it(`refuses ${graceMs} ms for programs to end, and stops nothing`, async () => {
      const domain = new FakeDomain();
      domain.show(view([runningNode(0)]));
      for (const stop of [
        () => stopTask(domain, 'ann', 'abc12345', { reason: '', graceMs }, { signal }),
        () => stopTasks(domain, 'ann', false, { reason: '', graceMs }, signal),
      ]) {
        expect((await failureOf(stop)).message).to.equal('grace_period: must be at least 1s');
      }
      expect(domain.stops).to.deep.equal([]);
    });
  }

  for (const [title, nodes, stop] of [
    ['completed', [endedNode(0, 0)], undefined],
    ['failed', [endedNode(0, 1)], undefined],
    ['was stopped', [node({ job: job({ suspended: true }) })], STOP],
  ] as const) {
    it(`leaves a task alone that ${title}`, async () => {
      const domain = new FakeDomain();
      domain.show(view(nodes, { stop }));
      expect(await stopTask(domain, 'ann', 'abc12345', because(''), { signal })).to.equal('finished');
      expect(domain.stops).to.deep.equal([]);
    });
  }

  it('stops the nodes that still run behind one that failed', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 1), runningNode(1)]));
    expect(await stopTask(domain, 'ann', 'abc12345', because(''), { signal })).to.equal('stopped');
  });

  it('refuses what is not there, what is somebody else’s, and a reason that is too long', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    const unknown = await failureOf(() => stopTask(domain, 'ann', 'nope0000', because(''), { signal }));
    const foreign = await failureOf(() => stopTask(domain, 'bob', 'abc12345', because(''), { signal }));
    const long = await failureOf(() => stopTask(domain, 'ann', 'abc12345', because('x'.repeat(1025)), { signal }));
    expect([unknown.reason, foreign.reason, long.reason]).to.deep.equal([
      'TASK_NOT_FOUND',
      'TASK_NOT_FOUND',
      'INVALID_ARGUMENT',
    ]);
    expect(domain.stops).to.deep.equal([]);
  });
});

describe('stopTasks', () => {
  function crowd(): FakeDomain {
    const domain = new FakeDomain();
    for (const [id, user] of [
      ['a0000000', 'ann'],
      ['a0000001', 'ann'],
      ['b0000000', 'bob'],
    ] as const) {
      domain.show(view([runningNode(0)], { id, user }));
    }
    domain.show(view([endedNode(0, 0)], { id: 'a0000002', user: 'ann' }));
    domain.show(view([runningNode(0)], { id: 'a0000003', user: 'ann', stop: STOP }));
    return domain;
  }
  const ids = (domain: FakeDomain): string[] => domain.stops.map(({ id }) => id).toSorted();

  it('stops the user’s own unfinished tasks and counts those that were not being stopped', async () => {
    const domain = crowd();
    expect(await stopTasks(domain, 'ann', false, because(''), signal)).to.equal(2);
    expect(ids(domain)).to.deep.equal(['a0000000', 'a0000001', 'a0000003']);
  });

  it('stops everybody’s when asked to', async () => {
    const domain = crowd();
    expect(await stopTasks(domain, 'ann', true, because('the cluster moves'), signal)).to.equal(3);
    expect(ids(domain)).to.include('b0000000');
    // What was being stopped keeps the reason that it was stopped for.
    const reasons = Object.fromEntries(domain.stops.map(({ id, mark }) => [id, mark.reason]));
    expect(reasons).to.include({ a0000000: 'the cluster moves', b0000000: 'the cluster moves', a0000003: 'first' });
  });

  it('stops the others although one cannot be stopped, and says so', async () => {
    const domain = crowd();
    domain.onStop = (id) => {
      if (id === 'a0000000') throw new Error('no luck');
    };
    const failure = await stopTasks(domain, 'ann', false, because(''), signal).catch((error: unknown) => error);
    expect(failure).to.be.an('error').with.property('message', 'no luck');
    expect(ids(domain)).to.deep.equal(['a0000001', 'a0000003']);
  });

  it('tells how many cannot be stopped, and of each why', async () => {
    const domain = crowd();
    domain.onStop = (id) => {
      if (id === 'a0000001') return;
      throw new TaskError('CLUSTER_FORBIDDEN', `the cluster refused ${id}`);
    };
    const failure = await failureOf(() => stopTasks(domain, 'ann', false, because(''), signal));
    expect(failure.reason).to.equal('CLUSTER_FORBIDDEN');
    expect(failure.message).to.equal(
      '2 tasks could not be stopped, 1 could; a0000003: the cluster refused a0000003; a0000000: the cluster refused a0000000',
    );
    expect(failure.metadata).to.deep.equal({ failed: '2', stopped: '1' });
  });

  it('gives up at the first that finds no cluster, and says that nothing was done', async () => {
    const domain = new FakeDomain();
    for (let at = 0; at < 50; at += 1) domain.show(view([runningNode(0)], { id: `task${at}`, user: 'ann' }));
    let tries = 0;
    domain.onStop = () => {
      tries += 1;
      throw new TaskError('CLUSTER_UNAVAILABLE', 'away', { metadata: { begun: 'false' } });
    };
    const failure = await failureOf(() => stopTasks(domain, 'ann', false, because(''), signal));
    expect(tries).to.be.below(50);
    expect(failure.message).to.match(/^50 tasks could not be stopped, 0 could; /);
    expect(failure.message).to.match(new RegExp(`; ${50 - tries} were not tried$`));
    expect(failure.metadata).to.deep.equal({ failed: '50', stopped: '0', begun: 'false' });
  });

  it('does not say that nothing was done where a task that is stopping was stopped again', async () => {
    const domain = new FakeDomain();
    const stop = { user: 'ann', timeMs: 1, reason: '', startedAtMs: {} };
    domain.show(view([runningNode(0)], { id: 'stopping', user: 'ann', stop }));
    domain.show(view([runningNode(0)], { id: 'running', user: 'ann' }));
    let tries = 0;
    domain.onStop = () => {
      tries += 1;
      if (tries > 1) throw new TaskError('CLUSTER_UNAVAILABLE', 'away', { metadata: { begun: 'false' } });
    };
    const failure = await failureOf(() => stopTasks(domain, 'ann', false, because(''), signal));
    expect(tries).to.equal(2);
    expect(failure.metadata).to.not.have.property('begun');
  });

  it('does not tell more than a message can hold', async () => {
    const domain = new FakeDomain();
    for (let at = 0; at < 50; at += 1) domain.show(view([runningNode(0)], { id: `task${at}`, user: 'ann' }));
    domain.onStop = () => {
      throw new TaskError('CLUSTER_REFUSED', 'x'.repeat(10_000));
    };
    const { message } = await failureOf(() => stopTasks(domain, 'ann', false, because(''), signal));
    expect(message).to.match(/^50 tasks could not be stopped, 0 could; .*…; and 30 more$/);
    expect(message.length).to.be.below(4000);
  });
});
