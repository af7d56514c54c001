import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deleteObject } from '../../../../cluster/store/deletion.js';
import type { KubeObject, NewObject } from '../../../../cluster/store/object.js';
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

  const pod = (fields: Partial<NewObject>): KubeObject =>
    store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      ...fields,
      metadata: { name: 'p', namespace: 'default', ...fields.metadata },
    });
  const remove = (options = {}) => deleted('pods', 'p', options);
  const deleted = (resource: string, name: string, options = {}): KubeObject =>
    deleteObject(store, store.existing(resource, 'default', name), options) as KubeObject;
  const isThere = () => store.get('pods', 'default', 'p') !== undefined;
  const running = { spec: { nodeName: 'embedded' }, status: { phase: 'Running' } };

  it('gives a running pod its grace period and keeps it until the node lets it go', async () => {
    pod(running);
    const before = Date.now();
    const { metadata } = remove({ gracePeriodSeconds: 7 });
    expect([isThere(), metadata.deletionGracePeriodSeconds]).to.deep.equal([true, 7]);
    // Kubernetes' times have whole seconds.
    expect(Date.parse(metadata.deletionTimestamp ?? '')).to.be.within(before + 5000, Date.now() + 8000);
    remove({ gracePeriodSeconds: 0 });
    expect(isThere()).to.equal(false);
  });

  it('takes the grace period of the pod, or 30 seconds', async () => {
    pod({ ...running, spec: { ...running.spec, terminationGracePeriodSeconds: 3 } });
    expect(remove().metadata.deletionGracePeriodSeconds).to.equal(3);
    remove({ gracePeriodSeconds: 0 });
    pod(running);
    expect(remove().metadata.deletionGracePeriodSeconds).to.equal(30);
  });

  it('can be hurried but not slowed down', async () => {
    pod(running);
    const first = remove({ gracePeriodSeconds: 20 });
    expect(remove({ gracePeriodSeconds: 60 })).to.deep.equal(first);
    expect(remove({ gracePeriodSeconds: 5 }).metadata.deletionGracePeriodSeconds).to.equal(5);
  });

  it('does not wait for pods that have no process', async () => {
    pod({ spec: {}, status: { phase: 'Pending' } });
    remove();
    expect(isThere()).to.equal(false);
    pod({ ...running, status: { phase: 'Succeeded' } });
    remove();
    expect(isThere()).to.equal(false);
  });

  it('is held by finalizers even without grace', async () => {
    pod({ ...running, metadata: { finalizers: ['example.com/x'] } });
    const { metadata } = remove({ gracePeriodSeconds: 0 });
    expect([isThere(), metadata.deletionGracePeriodSeconds]).to.deep.equal([true, 0]);
    store.update(store.existing('pods', 'default', 'p'), (draft) => void (draft.metadata.finalizers = []));
    expect(isThere()).to.equal(false);
  });

  it('marks what is to become of the dependents', async () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'default' } };
    const outcomes: unknown[] = [];
    for (const policy of [undefined, 'Orphan', 'Foreground', 'Background'] as const) {
      store.create('jobs', job);
      const options = policy === undefined ? {} : { propagationPolicy: policy };
      const { metadata } = deleted('jobs', 'j', options);
      const removed = store.get('jobs', 'default', 'j') === undefined;
      outcomes.push([removed, metadata.finalizers ?? []]);
      if (removed) continue;
      store.update(store.existing('jobs', 'default', 'j'), (draft) => void (draft.metadata.finalizers = []));
    }
    expect(outcomes).to.deep.equal([
      [false, ['orphan']],
      [false, ['orphan']],
      [false, ['foregroundDeletion']],
      [true, []],
    ]);
  });

  it('of what is removed at once shows no time of deletion', async () => {
    store.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default' },
    });
    const { metadata } = deleted('configmaps', 'c');
    expect(metadata).to.not.have.property('deletionTimestamp');
  });
});
