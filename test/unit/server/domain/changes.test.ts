import { expect } from 'chai';
import { changesOf } from '../../../../server/domain/changes.js';
import { settle } from '../../../support/server/fake-clock.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { runningNode, view } from '../../../support/server/views.js';

describe('changesOf', () => {
  const task = view([runningNode(0)]);

  async function isDone(promise: Promise<void>): Promise<boolean> {
    let done = false;
    void promise.then(() => {
      done = true;
    });
    await settle();
    return done;
  }

  it('waits for the next change', async () => {
    const domain = new FakeDomain();
    const changes = changesOf(domain.store, domain.clock, 'abc12345', new AbortController().signal);
    const next = changes.next(1000);
    expect(await isDone(next)).to.equal(false);
    domain.show(task);
    expect(await isDone(next)).to.equal(true);
    expect(domain.clock.sleeping, 'timers left behind').to.equal(0);
  });

  it('does not miss a change that came before anybody waited, and tells it once', async () => {
    const domain = new FakeDomain();
    const changes = changesOf(domain.store, domain.clock, 'abc12345', new AbortController().signal);
    domain.show(task);
    domain.show(task);
    expect(await isDone(changes.next(1000))).to.equal(true);
    expect(await isDone(changes.next(1000))).to.equal(false);
  });

  it('gives up waiting after the time', async () => {
    const domain = new FakeDomain();
    const next = changesOf(domain.store, domain.clock, 'abc12345', new AbortController().signal).next(1000);
    await domain.clock.advance(999);
    expect(await isDone(next)).to.equal(false);
    await domain.clock.advance(1);
    expect(await isDone(next)).to.equal(true);
  });

  it('ends with its signal and is told of nothing more', async () => {
    const domain = new FakeDomain();
    const gone = new AbortController();
    const changes = changesOf(domain.store, domain.clock, 'abc12345', gone.signal);
    const next = changes.next(1000);
    gone.abort();
    expect(await isDone(next)).to.equal(true);
    expect(await isDone(changes.next(1000))).to.equal(true);
    expect([domain.listeners('abc12345'), domain.clock.sleeping]).to.deep.equal([0, 0]);
  });
});
