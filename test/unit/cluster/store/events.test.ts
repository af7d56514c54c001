import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { type EventRecord, type EventRecorder, createEventRecorder, sweep } from '../../../../cluster/store/events.js';
import { Store } from '../../../../cluster/store/store.js';

describe('the event recorder', () => {
  let directory: string;
  let store: Store;
  let events: EventRecorder;
  let ending: AbortController;
  let said: EventRecord;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'events-'));
    store = await Store.open(directory);
    ending = new AbortController();
    events = createEventRecorder(store, ending.signal);
    const metadata = { name: 'p', namespace: 'default' };
    const object = store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata });
    said = { object, type: 'Normal', reason: 'Started', message: 'Container started', source: 'kubelet' };
  });
  afterEach(async () => {
    ending.abort();
    await store.close();
    await rm(directory, { recursive: true });
  });

  it('writes what happened to what', async () => {
    events.record({ ...said, fieldPath: 'spec.containers{main}' });
    const [event] = store.list('events', 'default');
    expect(event).to.deep.include({ type: 'Normal', reason: 'Started', message: 'Container started', count: 1 });
    expect(event?.['involvedObject']).to.deep.include({ kind: 'Pod', name: 'p', uid: said.object.metadata.uid });
    expect(event?.['source']).to.deep.equal({ component: 'kubelet', host: 'embedded' });
    expect(event?.metadata.name).to.match(/^p\.[0-9a-f]+$/);
  });

  it('counts repetitions, also after a restart', async () => {
    for (const event of [said, said, { ...said, message: 'other' }]) events.record(event);
    ending.abort();
    ending = new AbortController();
    createEventRecorder(store, ending.signal).record(said);
    const counts = store.list('events').map(({ message, count }) => [message, count]);
    expect(counts).to.have.deep.members([
      ['Container started', 3],
      ['other', 1],
    ]);
  });

  it('forgets them after an hour', async () => {
    events.record(said);
    sweep(store, Date.now() + 59 * 60 * 1000);
    expect(store.count('events')).to.equal(1);
    sweep(store, Date.now() + 61 * 60 * 1000);
    expect(store.count('events')).to.equal(0);
  });

  it('goes on when old ones cannot be removed, and removes them later', () => {
    events.record(said);
    ending.abort();
    ending = new AbortController();
    mock.timers.enable({ apis: ['setInterval', 'Date'], now: Date.now() + 2 * 60 * 60 * 1000 });
    try {
      createEventRecorder(store, ending.signal);
      const full = mock.method(store, 'remove', () => {
        throw new Error('ENOSPC: no space left on device, write');
      });
      mock.timers.tick(60 * 1000);
      expect(full.mock.callCount()).to.equal(1);
      full.mock.restore();
      mock.timers.tick(60 * 1000);
      expect(store.count('events')).to.equal(0);
    } finally {
      mock.timers.reset();
    }
  });

  it('keeps no more than it has room for', async () => {
    for (let index = 0; index < 5100; index += 1) events.record({ ...said, message: String(index) });
    expect(store.count('events')).to.be.at.most(5000).and.at.least(4000);
  });
});
