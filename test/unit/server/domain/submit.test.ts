import { expect } from 'chai';
import { taskIdOf } from '../../../../server/domain/request-id.js';
import type { FieldViolation } from '../../../../server/domain/errors.js';
import { submitTask, type Submitted, type SubmitRequest } from '../../../../server/domain/submit.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { failureOf } from '../../../support/server/failure.js';
import { NO_SECRETS, spec } from '../../../support/server/specs.js';
import { record } from '../../../support/server/views.js';

function submit(domain: FakeDomain, over: Partial<SubmitRequest> = {}): Promise<Submitted> {
  const request = {
    spec: spec(),
    secrets: NO_SECRETS,
    warnings: [],
    requestId: '',
    validateOnly: false,
    strict: false,
    located: (found: FieldViolation) => found,
    ...over,
  };
  return submitTask(domain, 'ann', request, new AbortController().signal);
}

const mounting = (...names: string[]): Partial<SubmitRequest> & { spec: ReturnType<typeof spec> } => ({
  spec: spec({ volumes: names.map((volume) => ({ mountPath: `/${volume}`, volume, subPath: undefined })) }),
});

describe('submitTask', () => {
  it('launches under a random id and gives back what was said about it', async () => {
    const domain = new FakeDomain();
    domain.onLaunch = ({ id }) => ({ record: record({ id }), created: true, warnings: ['from the cluster'] });
    const submitted = await submit(domain, { warnings: ['from the parser'] });
    expect(submitted).to.deep.equal({
      taskId: 'random01',
      name: 'demo',
      numNodes: 1,
      created: true,
      warnings: ['from the parser', 'from the cluster'],
      objects: [],
    });
    expect(domain.launches[0]).to.include({ user: 'ann', createdAtMs: domain.clock.now(), requestId: '' });
  });

  it('names a task without a name after its id', async () => {
    const domain = new FakeDomain();
    await submit(domain, { spec: spec({ name: undefined }) });
    expect(domain.launches[0]?.name).to.equal('task-random01');
  });

  it('draws another id when a random one is taken', async () => {
    const domain = new FakeDomain();
    domain.onLaunch = ({ id }) => ({ record: record({ id }), created: id !== 'random01', warnings: [] });
    expect((await submit(domain)).taskId).to.equal('random02');
  });

  it('launches a request with an id under the same task id each time, and says that it was there', async () => {
    const domain = new FakeDomain();
    const id = taskIdOf('ann', 'request-1');
    await submit(domain, { requestId: 'request-1' });
    domain.onLaunch = (request) => ({ record: record({ id: request.id }), created: false, warnings: [] });
    expect(await submit(domain, { requestId: 'request-1' })).to.include({ taskId: id, created: false });
    expect(domain.launches.map((launch) => launch.id)).to.deep.equal([id, id]);
    expect(new Set(domain.launches.map((launch) => launch.fingerprint)).size).to.equal(1);
  });

  it('refuses a request id that is none before anything is made', async () => {
    const domain = new FakeDomain();
    expect((await failureOf(() => submit(domain, { requestId: 'a b' }))).violations[0]?.field).to.equal('request_id');
    expect(domain.launches).to.deep.equal([]);
  });

  it('only checks with validateOnly', async () => {
    const domain = new FakeDomain();
    const checked = await submit(domain, { validateOnly: true, warnings: ['parser'] });
    expect(checked).to.include({ taskId: '', created: false });
    expect(checked.warnings).to.deep.equal(['parser', 'the cluster warns']);
    expect(checked.objects).to.deep.equal([{ kind: 'Job' }]);
    expect([domain.launches.length, domain.validated.length]).to.deep.equal([0, 1]);
  });

  describe('with volumes', () => {
    it('mounts the claim that the name means to this user', async () => {
      const domain = new FakeDomain();
      domain.claims.set('ann/data', { claimName: 'data-v1', deleting: false, accessModes: ['ReadWriteMany'] });
      domain.claims.set('bob/data', { claimName: 'data-v2', deleting: false, accessModes: ['ReadWriteMany'] });
      await submit(domain, mounting('data'));
      expect(domain.launches[0]?.mounts).to.deep.equal([{ mountPath: '/data', claimName: 'data-v1' }]);
    });

    it('names every volume that is not there, and how to make it', async () => {
      const failure = await failureOf(() => submit(new FakeDomain(), mounting('data', 'more')));
      expect(failure.reason).to.equal('VOLUME_NOT_FOUND');
      expect(failure.violations.map(({ field }) => field)).to.deep.equal(['volumes./data', 'volumes./more']);
      expect(failure.message).to.include('`k8s-cli volumes create data SIZE`');
    });

    for (const [modes, nodes, warned] of [
      [['ReadWriteOnce'], 2, true],
      [['ReadWriteOnce'], 1, false],
      [['ReadWriteOnce', 'ReadWriteMany'], 2, false],
      [['ReadOnlyMany'], 2, false],
    ] as const) {
      it(`${warned ? 'warns of' : 'accepts'} ${modes.join(' and ')} on ${nodes} nodes`, async () => {
        const domain = new FakeDomain();
        domain.claims.set('ann/data', { claimName: 'data-v1', deleting: false, accessModes: modes });
        const { warnings } = await submit(domain, { spec: { ...mounting('data').spec, numNodes: nodes } });
        expect(warnings.some((warning) => warning.includes('ReadWriteOnce'))).to.equal(warned);
      });
    }

    it('refuses a volume that is being deleted', async () => {
      const domain = new FakeDomain();
      domain.claims.set('ann/data', { claimName: 'data-v1', deleting: true, accessModes: ['ReadWriteMany'] });
      const failure = await failureOf(() => submit(domain, mounting('data')));
      expect(failure.reason).to.equal('INVALID_TASK');
      expect(failure.violations[0]?.description).to.include('is being deleted');
      expect(domain.launches).to.deep.equal([]);
    });

    it('refuses ReadWriteOncePod on several nodes', async () => {
      const domain = new FakeDomain();
      domain.claims.set('ann/data', { claimName: 'data-v1', deleting: false, accessModes: ['ReadWriteOncePod'] });
      const failure = await failureOf(() => submit(domain, { spec: { ...mounting('data').spec, numNodes: 2 } }));
      expect(failure.reason).to.equal('INVALID_TASK');
      expect(domain.launches).to.deep.equal([]);
    });
  });
});
