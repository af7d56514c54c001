import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startControllers } from '../../../../cluster/controllers/start-controllers.js';
import { createObject } from '../../../../cluster/kinds/create.js';
import { StatusError } from '../../../../cluster/store/status-error.js';
import { deleteObject } from '../../../../cluster/store/deletion.js';
import { createEventRecorder } from '../../../../cluster/store/events.js';
import type { KubeObject } from '../../../../cluster/store/object.js';
import { Store } from '../../../../cluster/store/store.js';
import { createClaim, createJob, podOf, setPodStatus, settled, until } from './fixtures.js';

describe('the controllers', () => {
  let directory: string;
  let store: Store;
  let end: AbortController;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'controllers-test-'));
    store = await Store.open(directory);
    end = new AbortController();
    createObject(store, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    const events = createEventRecorder(store, end.signal);
    startControllers({ store, events, signal: end.signal });
  });

  afterEach(async () => {
    end.abort();
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });

  const addNode = (cpu = '2'): KubeObject => {
    const status = { allocatable: { cpu, memory: '1Gi', pods: '10' } };
    return store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'embedded' }, status });
  };

  const eventWith = (reason: string, name = ''): Promise<KubeObject> =>
    until(store, ['events'], () =>
      store.list('events').find((event) => event['reason'] === reason && event['involvedObject'].name.startsWith(name)),
    );

  const gone = (resource: string, name: string): Promise<boolean> =>
    until(store, [resource], () => (store.get(resource, 'team', name) === undefined ? true : undefined));

  const made = (name: string): Promise<KubeObject> => until(store, ['pods'], () => podOf(store, name));

  it('say when a pod is refused, and try again', async () => {
    const metadata = { name: 'none', namespace: 'team' };
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '0' } } };
    const none = createObject(store, 'resourcequotas', quota);
    createJob(store, 'one', ['true']);
    expect((await eventWith('FailedCreate'))['message']).to.match(
      /^Error creating: pods "one-\w{5}" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0$/,
    );
    const { status } = store.get('jobs', 'team', 'one') as KubeObject;
    expect(status).to.include({ ready: 0, terminating: 0 });
    expect(status.conditions).to.equal(undefined);
    deleteObject(store, none);
    await made('one');
  });

  it('let the pods of a Job that is gone go, also when that cannot be stored at once', async () => {
    createJob(store, 'gone', ['true']);
    const { metadata } = await made('gone');
    const update = store.update.bind(store);
    let tries = 0;
    store.update = (...change) => {
      if (change[0].kind !== 'Pod') return update(...change);
      tries += 1;
      if (tries === 1) throw new StatusError(500, 'InternalError', 'the disk is full');
      return update(...change);
    };
    deleteObject(store, store.existing('jobs', 'team', 'gone'), { propagationPolicy: 'Background' });
    await gone('pods', metadata.name);
    expect(tries).to.be.greaterThan(1);
  });

  it('schedule when there is room, and say why not until then', async () => {
    addNode('1');
    const container = { resources: { requests: { cpu: '800m' } } };
    createJob(store, 'first', ['true'], { container });
    await until(store, ['pods'], () => podOf(store, 'first')?.spec.nodeName);
    createJob(store, 'second', ['true'], { container });
    await eventWith('FailedScheduling', 'second');
    const waiting = (podOf(store, 'second') as KubeObject).status.conditions[0];
    expect(waiting).to.include({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' });
    expect(waiting.message).to.match(/^0\/1 nodes are available: 1 Insufficient cpu\. /);
    setPodStatus(store, podOf(store, 'first') as KubeObject, { phase: 'Succeeded' });
    expect(await until(store, ['pods'], () => podOf(store, 'second')?.spec.nodeName)).to.equal('embedded');
    expect((await eventWith('Scheduled', 'second'))['message']).to.match(
      /^Successfully assigned team\/second-\w+ to embedded$/,
    );
  });

  it('hold a pod back until its claim is there and bound', async () => {
    addNode();
    const pod = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] };
    createJob(store, 'waits', ['true'], { pod });
    expect((await eventWith('FailedScheduling'))['message']).to.equal(
      '0/1 nodes are available: persistentvolumeclaim "data" not found. not found',
    );
    const claim = createClaim(store, 'data');
    await until(store, ['pods'], () => podOf(store, 'waits')?.spec.nodeName);
    const bound = store.get('persistentvolumeclaims', 'team', 'data') as KubeObject;
    expect(bound.status).to.deep.equal({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
    });
    expect(bound.spec.volumeName).to.equal(`pvc-${claim.metadata.uid}`);
    // In use for as long as the pod is there, also when it is over.
    deleteObject(store, store.existing('persistentvolumeclaims', 'team', 'data'));
    setPodStatus(store, podOf(store, 'waits') as KubeObject, { phase: 'Failed' });
    await until(store, ['jobs'], () => store.get('jobs', 'team', 'waits')?.status.failed);
    expect(store.get('persistentvolumeclaims', 'team', 'data')).not.to.equal(undefined);
    deleteObject(store, store.existing('jobs', 'team', 'waits'), { propagationPolicy: 'Background' });
    await gone('persistentvolumeclaims', 'data');
  });

  it('leave claims of other classes pending and say why', async () => {
    createClaim(store, 'fast', { storageClassName: 'fast' });
    expect((await eventWith('ProvisioningFailed'))['message']).to.equal('storageclass.storage.k8s.io "fast" not found');
    createClaim(store, 'none', { storageClassName: '' });
    expect((await eventWith('FailedBinding'))['message']).to.contain('no storage class is set');
    expect(store.get('persistentvolumeclaims', 'team', 'fast')?.status.phase).to.equal('Pending');
  });

  it('delete a whole task with its record', async () => {
    const record = createObject(store, 'configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'record', namespace: 'team' },
    });
    createJob(store, 'owned', ['true']);
    const { name, uid } = record.metadata;
    store.update(store.existing('jobs', 'team', 'owned'), (job) => {
      job.metadata.ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid }];
    });
    const pod = await made('owned');
    deleteObject(store, store.existing('configmaps', 'team', 'record'), { propagationPolicy: 'Background' });
    await gone('jobs', 'owned');
    await gone('pods', pod.metadata.name);
  });

  it('go on with what an earlier run left half done', async () => {
    createJob(store, 'half', ['true']);
    const pod = await made('half');
    end.abort();
    setPodStatus(store, pod, { phase: 'Succeeded' });
    end = new AbortController();
    startControllers({ store, events: createEventRecorder(store, end.signal), signal: end.signal });
    expect((await settled(store, 'half')).status.succeeded).to.equal(1);
  });
});
