import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deleteObject } from '../../../../cluster/store/deletion.js';
import type { NewObject } from '../../../../cluster/store/object.js';
import { Store } from '../../../../cluster/store/store.js';

describe('deleting objects', () => {
  let directory: string;
  let store: Store;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'deletion-'));
    store = await Store.open(directory);
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const pod = (fields: Partial<NewObject>): Promise<unknown> =>
    store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      ...fields,
      metadata: { name: 'p', namespace: 'default', ...fields.metadata },
    });
  const remove = (options = {}) => deleteObject(store, 'pods', 'default', 'p', options);
  const running = { spec: { nodeName: 'embedded' }, status: { phase: 'Running' } };

  it('gives a running pod its grace period and keeps it until the node lets it go', async () => {
    await pod(running);
    const before = Date.now();
    const { object, removed } = await remove({ gracePeriodSeconds: 7 });
    expect([removed, object.metadata.deletionGracePeriodSeconds]).to.deep.equal([false, 7]);
    // Kubernetes' times have whole seconds.
    expect(Date.parse(object.metadata.deletionTimestamp ?? '')).to.be.within(before + 5000, Date.now() + 8000);
    expect((await remove({ gracePeriodSeconds: 0 })).removed).to.equal(true);
  });

  it('takes the grace period of the pod, or 30 seconds', async () => {
    await pod({ ...running, spec: { ...running.spec, terminationGracePeriodSeconds: 3 } });
    expect((await remove()).object.metadata.deletionGracePeriodSeconds).to.equal(3);
    await remove({ gracePeriodSeconds: 0 });
    await pod(running);
    expect((await remove()).object.metadata.deletionGracePeriodSeconds).to.equal(30);
  });

  it('can be hurried but not slowed down', async () => {
    await pod(running);
    const first = await remove({ gracePeriodSeconds: 20 });
    expect((await remove({ gracePeriodSeconds: 60 })).object).to.deep.equal(first.object);
    expect((await remove({ gracePeriodSeconds: 5 })).object.metadata.deletionGracePeriodSeconds).to.equal(5);
  });

  it('does not wait for pods that have no process', async () => {
    await pod({ spec: {}, status: { phase: 'Pending' } });
    expect((await remove()).removed).to.equal(true);
    await pod({ ...running, status: { phase: 'Succeeded' } });
    expect((await remove()).removed).to.equal(true);
  });

  it('is held by finalizers even without grace', async () => {
    await pod({ ...running, metadata: { finalizers: ['example.com/x'] } });
    const { object, removed } = await remove({ gracePeriodSeconds: 0 });
    expect([removed, object.metadata.deletionGracePeriodSeconds]).to.deep.equal([false, 0]);
    const changed = await store.change('pods', 'default', 'p', ({ metadata }) => {
      metadata.finalizers = [];
    });
    expect(changed.removed).to.equal(true);
  });

  it('marks what is to become of the dependents', async () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'default' } };
    const outcomes: unknown[] = [];
    for (const policy of [undefined, 'Orphan', 'Foreground', 'Background'] as const) {
      await store.create('jobs', job);
      const options = policy === undefined ? {} : { propagationPolicy: policy };
      const { object, removed } = await deleteObject(store, 'jobs', 'default', 'j', options);
      outcomes.push([removed, object.metadata.finalizers ?? []]);
      if (removed) continue;
      await store.update('jobs', 'default', 'j', ({ metadata }) => {
        metadata.finalizers = [];
      });
    }
    expect(outcomes).to.deep.equal([
      [false, ['orphan']],
      [false, ['orphan']],
      [false, ['foregroundDeletion']],
      [true, []],
    ]);
  });

  it('of what is removed at once shows no time of deletion', async () => {
    await store.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default' },
    });
    const { object } = await deleteObject(store, 'configmaps', 'default', 'c');
    expect(object.metadata).to.not.have.property('deletionTimestamp');
  });
});
