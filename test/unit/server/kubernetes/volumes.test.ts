import { expect } from 'chai';
import type { VolumeStore } from '../../../../server/domain/ports.js';
import type { RawClaim } from '../../../../server/kubernetes/objects.js';
import { pathsOf } from '../../../../server/kubernetes/paths.js';
import { createVolumeStore } from '../../../../server/kubernetes/volumes.js';
import { failureOf } from '../../../support/server/failure.js';
import { json, KubeStub } from '../../../support/server/kube-stub.js';
import { MemoryApi } from '../../../support/server/memory-api.js';

const { signal } = new AbortController();
const PATHS = pathsOf('default');
const REQUEST = {
  id: 'vol00001',
  name: 'data',
  user: 'ann@example.org',
  size: '10Gi',
  storageClass: undefined,
  accessModes: ['ReadWriteOnce'],
  labels: {},
  fingerprint: 'first',
};

describe('the volume store', () => {
  let api: MemoryApi;
  let stub: KubeStub;
  let volumes: VolumeStore;

  beforeEach(async () => {
    api = new MemoryApi();
    stub = await KubeStub.start((request, response) => {
      if (request.method !== 'GET' || request.path !== PATHS.claims) {
        api.answer(request, response);
        return;
      }
      const wanted = (request.query.get('labelSelector') ?? '').split(',').map((term) => term.split('='));
      const items = ([...api.objects.values()] as unknown as RawClaim[]).filter(({ metadata }) =>
        wanted.every(([name = '', value]) => metadata.labels?.[name] === value),
      );
      json(response, { metadata: {}, items });
    });
    volumes = createVolumeStore(stub.client, PATHS, 'default');
  });
  afterEach(() => stub.stop());

  async function plainClaim(name: string, labels: Record<string, string> = {}): Promise<void> {
    const body = { metadata: { name, labels }, spec: { accessModes: ['ReadWriteMany'] } };
    await stub.client.request({ method: 'POST', path: PATHS.claims, body });
  }

  it('makes a claim with the documented name and labels, and reads it back', async () => {
    const { volume } = await volumes.create(REQUEST, signal);
    expect(volume).to.deep.include({
      id: 'vol00001',
      name: 'data',
      size: '10Gi',
      status: 'Pending',
      user: 'ann@example.org',
      claimName: 'data-vol00001',
      namespace: 'default',
    });
    const { metadata, spec } = api.objects.get(`${PATHS.claims}/data-vol00001`) as unknown as RawClaim;
    expect(metadata.labels).to.include({ 'skypilot-volume': 'true', 'volume-id': 'vol00001', 'volume-name': 'data' });
    expect(spec).to.deep.equal({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } });
    expect(await volumes.list(signal)).to.deep.equal([volume]);
    expect(await volumes.get('vol00001', signal)).to.deep.equal(volume);
    await volumes.remove(volume, signal);
    expect(await volumes.list(signal)).to.deep.equal([]);
  });

  it('says that a name is taken, and when it is only on its way out', async () => {
    await volumes.create(REQUEST, signal);
    const other = { ...REQUEST, fingerprint: 'second' };
    expect((await failureOf(() => volumes.create(other, signal))).reason).to.equal('VOLUME_EXISTS');
    const claim = api.objects.get(`${PATHS.claims}/data-vol00001`);
    if (claim) claim.metadata['deletionTimestamp'] = '2026-11-23T06:00:00Z';
    expect((await failureOf(() => volumes.create(REQUEST, signal))).reason).to.equal('VOLUME_BEING_DELETED');
  });

  it('does not say that a name is taken where the other volume has gone meanwhile', async () => {
    await volumes.create(REQUEST, signal);
    const answer = api.answer.bind(api);
    api.answer = (request, response) => {
      answer(request, response);
      if (request.method === 'POST') api.objects.clear();
    };
    const failure = await failureOf(() => volumes.create({ ...REQUEST, fingerprint: 'second' }, signal));
    expect(failure.reason).to.equal('CLUSTER_REFUSED');
  });

  it('finds what it has made when the answer was lost and the request is sent again', async () => {
    let lost = 0;
    const answer = api.answer.bind(api);
    api.answer = (request, response) => {
      const cut = { writeHead: () => {}, end: () => response.destroy() } as unknown as typeof response;
      answer(request, request.method === 'POST' && (lost += 1) === 1 ? cut : response);
    };
    const { volume } = await volumes.create(REQUEST, signal);
    expect(lost, 'creations').to.equal(2);
    expect(volume).to.include({ id: 'vol00001', claimName: 'data-vol00001' });
  });

  it('passes on what the cluster warns of', async () => {
    const answer = api.answer.bind(api);
    api.answer = (request, response) => {
      response.setHeader('warning', '299 - "there is no such class"');
      answer(request, response);
    };
    expect((await volumes.create(REQUEST, signal)).warnings).to.deep.equal(['there is no such class']);
  });

  it('tells since when a volume is on its way out', async () => {
    await volumes.create(REQUEST, signal);
    expect((await volumes.get('vol00001', signal))?.deletedAtMs).to.equal(undefined);
    const claim = api.objects.get(`${PATHS.claims}/data-vol00001`);
    if (claim) claim.metadata['deletionTimestamp'] = '2026-11-23T06:00:00Z';
    expect((await volumes.get('vol00001', signal))?.deletedAtMs).to.equal(Date.parse('2026-11-23T06:00:00Z'));
  });

  it('removes the volume that was meant, and no later one of its name', async () => {
    const { volume } = await volumes.create(REQUEST, signal);
    api.objects.clear();
    await volumes.create({ ...REQUEST, fingerprint: 'second' }, signal);
    await volumes.remove(volume, signal);
    expect(await volumes.list(signal)).to.have.length(1);
  });

  it('does not mind that a volume is gone already', async () => {
    const { volume } = await volumes.create(REQUEST, signal);
    api.objects.clear();
    await volumes.remove(volume, signal);
  });

  it('asks for no id that is none', async () => {
    expect(await volumes.get('a,b=c', signal)).to.equal(undefined);
    expect(stub.requests).to.deep.equal([]);
  });

  describe('resolve', () => {
    const resolve = async (name: string, user: string): Promise<string | undefined> =>
      (await volumes.resolve(name, user, signal))?.claimName;

    it('finds the user’s own volume, and nobody else’s', async () => {
      await volumes.create(REQUEST, signal);
      expect(await resolve('data', 'ann@example.org')).to.equal('data-vol00001');
      expect(await resolve('data', 'ann-example.org')).to.equal(undefined);
      expect(await resolve('data-vol00001', 'bob'), 'not by the name of its claim either').to.equal(undefined);
    });

    it('finds a claim that was made without k8s-cli, by its name', async () => {
      await plainClaim('shared');
      await plainClaim('labelled', { 'skypilot-volume': 'true' });
      expect(await resolve('shared', 'ann')).to.equal('shared');
      expect(await resolve('labelled', 'ann')).to.equal(undefined);
    });

    it('takes the user’s own before a claim of that name', async () => {
      await volumes.create(REQUEST, signal);
      await plainClaim('data');
      expect(await resolve('data', 'ann@example.org')).to.equal('data-vol00001');
      expect(await resolve('data', 'bob')).to.equal('data');
    });

    it('tells what is being deleted', async () => {
      await volumes.create(REQUEST, signal);
      const claim = api.objects.get(`${PATHS.claims}/data-vol00001`);
      const deleting = async (): Promise<boolean | undefined> =>
        (await volumes.resolve('data', 'ann@example.org', signal))?.deleting;
      expect(await deleting()).to.equal(false);
      if (claim) claim.metadata['deletionTimestamp'] = '2026-11-23T06:00:00Z';
      expect(await deleting()).to.equal(true);
    });

    it('asks for no claim whose name cannot be one', async () => {
      expect(await resolve('../secrets', 'ann')).to.equal(undefined);
      expect(stub.requests.map(({ path }) => path)).to.deep.equal([PATHS.claims]);
    });
  });
});
