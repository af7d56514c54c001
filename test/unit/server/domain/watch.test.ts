import { expect } from 'chai';
import type { Task } from '../../../../server/domain/task.js';
import { watchTask } from '../../../../server/domain/watch.js';
import { settle } from '../../../support/server/fake-clock.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { failureOf } from '../../../support/server/failure.js';
import { endedNode, runningNode, T0, view, waitingNode } from '../../../support/server/views.js';

function read(domain: FakeDomain, signal: AbortSignal): { seen: string[]; done: Promise<void> } {
  const seen: string[] = [];
  const run = async (): Promise<void> => {
    for await (const task of watchTask(domain, 'ann', 'abc12345', signal)) seen.push(wordOf(task));
  };
  return { seen, done: run() };
}

function wordOf({ status, nodes }: Task): string {
  return `${status} ${nodes[0]?.reason ?? ''}`.trim();
}

describe('watchTask', () => {
  it('gives the present state, then every change, and ends behind the final one', async () => {
    const domain = new FakeDomain();
    domain.show(view([waitingNode(0)]));
    const { seen, done } = read(domain, new AbortController().signal);
    await settle();
    domain.show(view([runningNode(0)]));
    await settle();
    domain.show(view([runningNode(0)]));
    await settle();
    domain.show(view([endedNode(0, 0)]));
    await done;
    expect(seen).to.deep.equal(['pending WaitingForPod', 'running', 'completed']);
    expect([domain.listeners('abc12345'), domain.clock.sleeping]).to.deep.equal([0, 0]);
  });

  it('looks again for the reason of a task that waits, as events do not come by themselves', async () => {
    const domain = new FakeDomain();
    domain.show(view([waitingNode(0)]));
    const gone = new AbortController();
    const { seen, done } = read(domain, gone.signal);
    await settle();
    domain.eventsByUid.set('job-0', [{ reason: 'FailedCreate', message: 'quota', warning: true, timeMs: T0 }]);
    await domain.clock.advance(2000);
    expect(seen).to.deep.equal(['pending WaitingForPod', 'pending FailedCreate']);
    gone.abort();
    await done;
  });

  it('tells when the cluster is away, and when it is back', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    const gone = new AbortController();
    const { seen, done } = read(domain, gone.signal);
    await settle();
    for (const outage of [{ sinceMs: T0, message: 'refused' }, { sinceMs: T0 - 1, message: 'refused' }, undefined]) {
      domain.lose(outage);
      await settle();
    }
    expect(seen).to.deep.equal(['running', 'running', 'running']);
    gone.abort();
    await done;
  });

  it('ends at once for a task that has ended', async () => {
    const domain = new FakeDomain();
    domain.show(view([endedNode(0, 1)]));
    const { seen, done } = read(domain, new AbortController().signal);
    await done;
    expect(seen).to.deep.equal(['failed Error']);
  });

  it('ends with NOT_FOUND when the task is deleted', async () => {
    const domain = new FakeDomain();
    domain.show(view([runningNode(0)]));
    const { done } = read(domain, new AbortController().signal);
    const failure = failureOf(() => done);
    await settle();
    domain.forget('abc12345');
    expect((await failure).reason).to.equal('TASK_NOT_FOUND');
    expect(domain.listeners('abc12345')).to.equal(0);
  });
});
