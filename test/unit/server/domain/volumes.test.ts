import { expect } from 'chai';
import type { VolumeRequest } from '../../../../server/domain/ports.js';
import type { NodeView, TaskView } from '../../../../server/domain/task.js';
import type { Volume } from '../../../../server/domain/volume.js';
import {
  createVolume,
  deleteVolume,
  existingVolume,
  getVolume,
  listVolumes,
} from '../../../../server/domain/volumes.js';
import { failureOf } from '../../../support/server/failure.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { endedNode, runningNode, T0, view, waitingNode } from '../../../support/server/views.js';

const { signal } = new AbortController();
const INPUT = {
  name: 'data',
  size: '10Gi',
  storageClass: '',
  accessModes: [],
  requestId: '',
  labels: {},
  namespace: '',
  cluster: '',
};

function storeOf(...known: Volume[]) {
  const created: VolumeRequest[] = [];
  const removed: string[] = [];
  const volumes = {
    create: async (request: VolumeRequest) => {
      created.push(request);
      return { volume: volume({ id: request.id, storageClass: request.storageClass ?? '' }), warnings: ['told'] };
    },
    list: async () => known,
    get: async (id: string) => known.find((own) => own.id === id),
    remove: async ({ id }: Volume) => {
      removed.push(id);
    },
    resolve: async (name: string) =>
      known.some((own) => own.name === name) ? { claimName: name, deleting: false, accessModes: [] } : undefined,
  };
  let drawn = 0;
  const ids = { random: (): string => `random${(drawn += 1)}` };
  const fake = new FakeDomain();
  const { store, namespace, events } = fake;
  return {
    volumes,
    ids,
    created,
    removed,
    store,
    namespace,
    events,
    get site() {
      return fake.site;
    },
    fake,
    show: (task: TaskView) => fake.show(task),
  };
}

function volume(over: Partial<Volume> = {}): Volume {
  const id = over.id ?? 'vol00001';
  return {
    id,
    uid: `claim-${id}`,
    name: 'data',
    size: '10Gi',
    storageClass: '',
    accessModes: ['ReadWriteOnce'],
    status: 'Bound',
    createdAtMs: T0,
    deletedAtMs: undefined,
    user: 'ann',
    claimName: `data-${id}`,
    namespace: 'default',
    ...over,
  };
}

describe('createVolume', () => {
  it('has ReadWriteOnce where nothing else is asked for, and the same id for the same name', async () => {
    const domain = storeOf();
    await createVolume(domain, 'ann', INPUT, signal);
    await createVolume(domain, 'ann', { ...INPUT, size: '1Gi' }, signal);
    await createVolume(domain, 'bob', INPUT, signal);
    const [first, second, other] = domain.created;
    expect(first).to.deep.include({ accessModes: ['ReadWriteOnce'], size: '10Gi', storageClass: undefined });
    expect(second?.id).to.equal(first?.id);
    expect(other?.id).to.not.equal(first?.id);
  });

  it('knows the repetition of a request by its id and by all that it asks for', async () => {
    const domain = storeOf();
    const requests = [
      { ...INPUT, requestId: 'one' },
      { ...INPUT, requestId: 'one' },
      { ...INPUT, requestId: 'two' },
      { ...INPUT, requestId: 'one', size: '1Gi' },
      INPUT,
      INPUT,
    ];
    for (const request of requests) await createVolume(domain, 'ann', request, signal);
    const [first, again, ...others] = domain.created.map(({ fingerprint }) => fingerprint);
    expect(again).to.equal(first);
    expect(new Set([first, ...others]).size, 'all others are told apart').to.equal(5);
    const failure = await failureOf(() => createVolume(domain, 'ann', { ...INPUT, requestId: 'a b' }, signal));
    expect(failure.violations.map(({ field }) => field)).to.deep.equal(['request_id']);
  });

  it('says everything that is wrong at once', async () => {
    const domain = storeOf();
    const bad = { ...INPUT, name: 'My Data', size: 'big', storageClass: 'A!', accessModes: ['RWX', 'ReadWriteOnce'] };
    const failure = await failureOf(() => createVolume(domain, 'ann', bad, signal));
    expect(failure.violations.map(({ field }) => field)).to.have.members([
      'name',
      'size',
      'storage_class',
      'access_modes',
    ]);
    expect(domain.created).to.deep.equal([]);
  });

  for (const [storageClass, classes, told] of [
    [
      'fast',
      ['standard', 'slow'],
      /^there is no StorageClass "fast" \(there are "standard", "slow"\): .*stays pending/,
    ],
    ['fast', ['slow'], /^there is no StorageClass "fast" \(there is "slow"\): /],
    ['fast', [], /^there is no StorageClass "fast" \(there is none at all\): /],
    ['', ['slow'], /^no StorageClass is the default \(there is "slow"\): /],
    ['slow', ['slow'], undefined],
    ['fast', 'unknown', undefined],
    ['fast', 'none', undefined],
  ] as const) {
    it(`${told ? 'warns' : 'says nothing'} of the class "${storageClass}" where there are ${JSON.stringify(classes)}, and creates it`, async () => {
      const domain = storeOf();
      domain.fake.storageClasses =
        typeof classes === 'string' ? classes : classes.map((name) => ({ name, isDefault: false }));
      const { warnings } = await createVolume(domain, 'ann', { ...INPUT, storageClass }, signal);
      expect(domain.created).to.have.length(1);
      expect(warnings[0]).to.equal('told');
      if (told) expect(warnings[1]).to.match(told);
      expect(warnings).to.have.length(told ? 2 : 1);
    });
  }

  for (const name of ['', '1a', 'a-', 'A', 'a_b', 'x'.repeat(41)]) {
    it(`refuses the name ${JSON.stringify(name)}`, async () => {
      const failure = await failureOf(() => createVolume(storeOf(), 'ann', { ...INPUT, name }, signal));
      expect(failure.violations.map(({ field }) => field)).to.deep.equal(['name']);
    });
  }
});

describe('createVolume, of what a file says', () => {
  it('gives the claim its labels', async () => {
    const domain = storeOf();
    await createVolume(domain, 'ann', { ...INPUT, labels: { team: 'x' } }, signal);
    expect(domain.created[0]?.labels).to.deep.equal({ team: 'x' });
  });

  it('is refused for another namespace or cluster, and with labels by which volumes are found', async () => {
    const domain = storeOf();
    const { namespace, site } = domain;
    await createVolume(domain, 'ann', { ...INPUT, namespace, cluster: site.facts.name }, signal);
    const bad = { ...INPUT, namespace: 'other', cluster: 'elsewhere', labels: { 'volume-id': 'x', a: 'b c' } };
    const failure = await failureOf(() => createVolume(domain, 'ann', bad, signal));
    expect(failure.violations.map(({ field }) => field)).to.deep.equal([
      'namespace',
      'cluster',
      'labels.volume-id',
      'labels.a',
    ]);
    expect(domain.created).to.have.length(1);
  });
});

describe('existingVolume', () => {
  it('creates nothing, and is refused where nothing of the name is there', async () => {
    const domain = storeOf(volume());
    await existingVolume(domain, 'ann', INPUT, signal);
    const failure = await failureOf(() => existingVolume(domain, 'ann', { ...INPUT, name: 'nope' }, signal));
    expect(failure.reason).to.equal('VOLUME_NOT_FOUND');
    const elsewhere = { ...INPUT, namespace: 'other' };
    expect((await failureOf(() => existingVolume(domain, 'ann', elsewhere, signal))).violations).to.have.length(1);
    expect(domain.created).to.deep.equal([]);
  });
});

describe('listVolumes', () => {
  const known = Array.from({ length: 5 }, (_, at) => volume({ id: `v${at}`, createdAtMs: T0 + Math.floor(at / 2) }));
  const all = { allUsers: false, pageSize: 0, pageToken: '', idPrefix: '' };

  it('gives the user’s own, newest first, in pages that miss nothing', async () => {
    const domain = storeOf(...known, volume({ id: 'foreign', user: 'bob' }));
    const found: string[] = [];
    let pageToken = '';
    do {
      const page = await listVolumes(domain, 'ann', { ...all, pageSize: 2, pageToken }, signal);
      found.push(...page.volumes.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(found).to.deep.equal(['v4', 'v3', 'v2', 'v1', 'v0']);
    expect((await listVolumes(domain, 'ann', { ...all, allUsers: true }, signal)).volumes).to.have.length(6);
  });

  it('tells of pending ones what Kubernetes says of them, warnings before all else', async () => {
    const domain = storeOf(
      volume({ id: 'v1', status: 'Pending' }),
      volume({ id: 'v2', status: 'Pending' }),
      volume({ id: 'v3', status: 'Pending' }),
      volume({ id: 'v4' }),
    );
    const event = (message: string, warning: boolean) => ({ reason: 'R', message, warning, timeMs: T0 });
    domain.fake.eventsByUid.set('claim-v1', [event('waiting', false), event('not found', true)]);
    domain.fake.eventsByUid.set('claim-v2', [event('waiting for first consumer', false), event('older', false)]);
    domain.fake.eventsByUid.set('claim-v4', [event('was not found', true)]);
    const { volumes } = await listVolumes(domain, 'ann', all, signal);
    expect(Object.fromEntries(volumes.map(({ id, reason }) => [id, reason]))).to.deep.equal({
      v1: 'not found',
      v2: 'waiting for first consumer',
      v3: '',
      v4: '',
    });
    expect((await getVolume(domain, 'ann', 'v1', signal)).reason).to.equal('not found');
  });

  it('gives those whose id begins as asked for', async () => {
    const { volumes } = await listVolumes(storeOf(...known), 'ann', { ...all, idPrefix: 'v3' }, signal);
    expect(volumes.map(({ id }) => id)).to.deep.equal(['v3']);
  });

  it('refuses a negative size', async () => {
    const failure = await failureOf(() => listVolumes(storeOf(), 'ann', { ...all, pageSize: -1 }, signal));
    expect(failure.violations[0]?.field).to.equal('page_size');
  });
});

describe('a volume that tasks mount', () => {
  const using = (id: string, nodes: readonly NodeView[]): TaskView =>
    view(
      nodes.map((one) => ({ ...one, job: one.job && { ...one.job, claims: ['data-vol00001', 'other'] } })),
      { id },
    );

  it('tells which, and is deleted when all of them have ended', async () => {
    const domain = storeOf(volume(), volume({ id: 'unused' }));
    domain.show(using('task0001', [runningNode(0)]));
    domain.show(using('task0002', [waitingNode(0)]));
    domain.show(using('task0003', [endedNode(0, 0)]));
    domain.show(view([runningNode(0)], { id: 'task0004' }));
    const all = { allUsers: false, pageSize: 0, pageToken: '', idPrefix: '' };
    const { volumes } = await listVolumes(domain, 'ann', all, signal);
    expect(volumes.map(({ id, taskIds }) => [id, taskIds])).to.deep.equal([
      ['vol00001', ['task0002', 'task0001']],
      ['unused', []],
    ]);
    const failure = await failureOf(() => deleteVolume(domain, 'ann', 'vol00001', signal));
    expect(failure.reason).to.equal('VOLUME_IN_USE');
    expect(failure.message).to.match(
      /^volume "data" is not deleted: tasks task0002, task0001 use it; .*k8s-cli jobs stop/,
    );
    expect(failure.metadata).to.deep.equal({ volume_id: 'vol00001', task_ids: 'task0002,task0001' });
    expect(domain.removed).to.deep.equal([]);
    domain.show(using('task0001', [endedNode(0, 1)]));
    domain.show(using('task0002', [endedNode(0, 0)]));
    expect(await deleteVolume(domain, 'ann', 'vol00001', signal), 'Kubernetes keeps it for their pods').to.equal(
      'Volume data is being deleted, and is gone when tasks task0003, task0002, task0001, which have mounted it, are deleted too (k8s-cli jobs delete ID)',
    );
    expect(domain.removed).to.deep.equal(['vol00001']);
  });

  it('says while it goes which tasks keep it', async () => {
    const domain = storeOf(volume({ deletedAtMs: T0 }));
    domain.show(using('task0001', [endedNode(0, 0)]));
    const { reason } = await getVolume(domain, 'ann', 'vol00001', signal);
    expect(reason).to.equal('gone when task task0001, which has mounted it, is deleted too (k8s-cli jobs delete ID)');
  });

  it('is deleted at once when their pods are gone', async () => {
    const domain = storeOf(volume());
    domain.show(using('task0001', [{ ...endedNode(0, 0), pod: undefined }]));
    expect(await deleteVolume(domain, 'ann', 'vol00001', signal)).to.equal('Volume data deleted');
  });
});

describe('a volume of somebody else', () => {
  it('is neither shown nor deleted', async () => {
    const domain = storeOf(volume({ user: 'bob' }));
    expect((await failureOf(() => getVolume(domain, 'ann', 'vol00001', signal))).reason).to.equal('VOLUME_NOT_FOUND');
    expect((await failureOf(() => deleteVolume(domain, 'ann', 'vol00001', signal))).reason).to.equal(
      'VOLUME_NOT_FOUND',
    );
    expect(domain.removed).to.deep.equal([]);
    await deleteVolume(domain, 'bob', 'vol00001', signal);
    expect(domain.removed).to.deep.equal(['vol00001']);
  });
});
