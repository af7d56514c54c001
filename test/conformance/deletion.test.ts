import { expect } from 'chai';
import { type Json, PATCH, useApi } from '../support/api.js';
import { configMap, job, pod, politeSleep } from './objects.js';

describe('deletion', () => {
  const api = useApi();
  const create = async (resource: string, object: unknown): Promise<Json> => {
    const { code, body } = await api.call('POST', resource, object);
    expect(code, body.message).to.equal(201);
    return body;
  };
  const isGone = ({ code }: Json): boolean => code === 404;

  it('answers with a Status, or with the object for some kinds', async () => {
    const { metadata } = await create('configmaps', configMap('a'));
    const { code, body } = await api.call('DELETE', 'configmaps/a');
    expect(code).to.equal(200);
    const details = { name: 'a', kind: 'configmaps', uid: metadata.uid };
    expect(body).to.deep.equal({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
    await create('services', { metadata: { name: 's' }, spec: { clusterIP: 'None', selector: { a: 'b' } } });
    const service = await api.call('DELETE', 'services/s');
    expect([service.body.kind, service.body.metadata.name]).to.deep.equal(['Service', 's']);
    expect(service.body.metadata).to.not.have.property('deletionTimestamp');
    await create('resourcequotas', { metadata: { name: 'q' }, spec: { hard: { pods: '1' } } });
    expect((await api.call('DELETE', 'resourcequotas/q')).body.kind).to.equal('ResourceQuota');
    await create('secrets', { metadata: { name: 's' } });
    expect((await api.call('DELETE', 'secrets/s')).body.kind).to.equal('Status');
  });

  it('keeps a claim until every pod that mounts it is gone, ended ones too', async () => {
    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } };
    for (const name of ['mounted', 'free']) await create('persistentvolumeclaims', { metadata: { name }, spec: claim });
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'mounted' } }];
    await create('pods', pod('mounts', 'true', { volumeMounts: [{ name: 'v', mountPath: '/v' }] }, { volumes }));
    await api.untilOf('pods/mounts', ({ status }) => status.phase === 'Succeeded');
    for (const name of ['mounted', 'free']) await api.call('DELETE', `persistentvolumeclaims/${name}`);
    await api.untilOf('persistentvolumeclaims/free', isGone);
    const { body } = await api.call('GET', 'persistentvolumeclaims/mounted');
    expect(body.metadata).to.have.property('deletionTimestamp');
    await api.call('DELETE', 'pods/mounts');
    await api.untilOf('persistentvolumeclaims/mounted', isGone);
  });

  it('waits for finalizers, can be asked for again meanwhile, and lets nobody add more', async () => {
    await create('configmaps', configMap('held', { finalizers: ['example.com/x'] }));
    const first = await api.call('DELETE', 'configmaps/held');
    expect(first.body.kind).to.equal('ConfigMap');
    expect(first.body.metadata).to.include({ deletionGracePeriodSeconds: 0 });
    const { deletionTimestamp } = first.body.metadata;
    expect(deletionTimestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect((await api.call('DELETE', 'configmaps/held')).body.metadata).to.include({ deletionTimestamp });
    const finalizers = ['example.com/x', 'example.com/y'];
    const more = await api.call('PATCH', 'configmaps/held', { metadata: { finalizers } }, PATCH.merge);
    expect(more.body.details.causes[0]).to.deep.equal({
      reason: 'FieldValueForbidden',
      message:
        'Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ' +
        '[]string{"example.com/y"}',
      field: 'metadata.finalizers',
    });
    const changed = await api.call('PATCH', 'configmaps/held', { data: { z: 'y' } }, PATCH.merge);
    expect(changed.body.data).to.deep.equal({ a: 'b', z: 'y' });
    const free = { metadata: { finalizers: null } };
    expect((await api.call('PATCH', 'configmaps/held', free, PATCH.merge)).code).to.equal(200);
    expect((await api.call('GET', 'configmaps/held')).code).to.equal(404);
  });

  it('is refused when a precondition does not hold', async () => {
    const { metadata } = await create('configmaps', configMap('meant'));
    const uid = await api.call('DELETE', 'configmaps/meant', { preconditions: { uid: 'x' } });
    expect([uid.code, uid.body.message]).to.deep.equal([
      409,
      'Operation cannot be fulfilled on ConfigMap "meant": the UID in the precondition (x) does not match the UID in ' +
        `record (${metadata.uid}). The object might have been deleted and then recreated`,
    ]);
    const version = await api.call('DELETE', 'configmaps/meant', { preconditions: { resourceVersion: '1' } });
    expect([version.code, version.body.message]).to.deep.equal([
      409,
      'Operation cannot be fulfilled on ConfigMap "meant": the ResourceVersion in the precondition (1) does not match the ' +
        `ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    ]);
    const held = { preconditions: { uid: metadata.uid, resourceVersion: metadata.resourceVersion } };
    expect((await api.call('DELETE', 'configmaps/meant', held)).code).to.equal(200);
  });

  it('refuses policies that it does not know', async () => {
    await create('configmaps', configMap('policy'));
    const { code, body } = await api.call('DELETE', 'configmaps/policy', { propagationPolicy: 'Foo' });
    expect([code, body.message]).to.deep.equal([
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Foo": supported values: ' +
        '"Foreground", "Background", "Orphan", "nil"',
    ]);
  });

  it('of a collection takes what the selector selects', async () => {
    for (const name of ['x', 'y', 'z']) {
      await create('configmaps', configMap(name, { labels: { odd: String(name !== 'y'), ours: '' } }));
    }
    const trial = await api.call('DELETE', 'configmaps?labelSelector=odd%3Dtrue&dryRun=All');
    expect(trial.body.items).to.have.length(2);
    const { body } = await api.call('DELETE', 'configmaps?labelSelector=odd%3Dtrue');
    expect(body.kind).to.equal('ConfigMapList');
    const left = await api.call('GET', 'configmaps?labelSelector=ours');
    expect(left.body.items.map(({ metadata }: Json) => metadata.name)).to.deep.equal(['y']);
  });

  describe('on trial (dryRun)', () => {
    const trial = { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] };

    it('leaves everything as it was, as said in the body or without one in the query', async () => {
      const { metadata } = await create('configmaps', configMap('trial', { labels: { trial: '' } }));
      const details = { name: 'trial', kind: 'configmaps', uid: metadata.uid };
      for (const { body } of [
        await api.call('DELETE', 'configmaps/trial', trial),
        await api.call('DELETE', 'configmaps/trial?dryRun=All'),
        // What the query says does not count beside a body.
        await api.call('DELETE', 'configmaps/trial?dryRun=Some', trial),
      ]) {
        expect(body).to.deep.equal({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
      }
      const several = await api.call('DELETE', 'configmaps?labelSelector=trial', trial);
      expect(several.body.items.map((item: Json) => item.metadata.name)).to.deep.equal(['trial']);
      expect((await api.call('GET', 'configmaps/trial')).body.metadata).to.deep.equal(metadata);
      const { body } = await api.call('DELETE', 'configmaps/trial?dryRun=All', { kind: 'DeleteOptions' });
      expect(body.status).to.equal('Success');
      expect((await api.call('GET', 'configmaps/trial')).code).to.equal(404);
    });

    it('shows an object that would stay for a while as it would be', async () => {
      const { metadata } = await create('configmaps', configMap('slow'));
      const held = await api.call('DELETE', 'configmaps/slow', { ...trial, propagationPolicy: 'Foreground' });
      expect(held.body.metadata).to.include({
        resourceVersion: metadata.resourceVersion,
        deletionGracePeriodSeconds: 0,
      });
      expect(held.body.metadata.finalizers).to.deep.equal(['foregroundDeletion']);
      expect((await api.call('GET', 'configmaps/slow')).body.metadata).to.deep.equal(metadata);
      await create('jobs', job('slow', 'true', { suspend: true }));
      const orphaning = await api.call('DELETE', 'jobs/slow', trial);
      expect(orphaning.body.metadata.finalizers).to.deep.equal(['orphan']);
      expect(orphaning.warnings).to.have.length(1);
      expect((await api.call('GET', 'jobs/slow')).body.metadata).to.not.have.property('deletionTimestamp');
    });

    it('finds out what is wrong all the same', async () => {
      await create('configmaps', configMap('wrong'));
      const other = await api.call('DELETE', 'configmaps/wrong', { ...trial, preconditions: { uid: 'x' } });
      expect(other.code).to.equal(409);
      expect((await api.call('DELETE', 'configmaps/none', trial)).code).to.equal(404);
      const unsupported = { dryRun: ['All', 'Some'], propagationPolicy: 'Foo' };
      for (const path of ['configmaps/wrong', 'configmaps']) {
        for (const { code, body } of [
          await api.call('DELETE', path, unsupported),
          await api.call('DELETE', `${path}?dryRun=All&dryRun=Some&propagationPolicy=Foo`),
        ]) {
          expect([code, body.message]).to.deep.equal([
            422,
            'DeleteOptions.meta.k8s.io "" is invalid: [propagationPolicy: Unsupported value: "Foo": supported values: ' +
              '"Foreground", "Background", "Orphan", "nil", dryRun: Unsupported value: ["All","Some"]: supported values: "All"]',
          ]);
        }
      }
      expect((await api.call('GET', 'configmaps/wrong')).code).to.equal(200);
    });
  });

  it('of the default namespace is refused', async () => {
    const { code, body } = await api.call('DELETE', '/api/v1/namespaces/default?dryRun=All');
    expect([code, body.message]).to.deep.equal([
      403,
      'namespaces "default" is forbidden: this namespace may not be deleted',
    ]);
  });

  it('of an owner takes what it owned alone, unless that is orphaned', async () => {
    const owners = ['background', 'foreground', 'orphan'] as const;
    for (const name of owners) {
      const { metadata } = await create('configmaps', configMap(`owner-${name}`));
      const { metadata: second } = await create('configmaps', configMap(`second-${name}`));
      const reference = { apiVersion: 'v1', kind: 'ConfigMap' };
      const mine = { ...reference, name: `owner-${name}`, uid: metadata.uid, blockOwnerDeletion: true };
      const other = { ...reference, name: `second-${name}`, uid: second.uid };
      await create('configmaps', configMap(`alone-${name}`, { ownerReferences: [mine] }));
      await create('configmaps', configMap(`shared-${name}`, { ownerReferences: [mine, other] }));
    }
    for (const name of owners) {
      const propagationPolicy = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
      const { body } = await api.call('DELETE', `configmaps/owner-${name}`, { propagationPolicy });
      const expected = { foreground: ['foregroundDeletion'], orphan: ['orphan'], background: undefined }[name];
      expect(body.metadata.finalizers).to.deep.equal(expected);
    }
    for (const name of owners) {
      await api.untilOf(`configmaps/owner-${name}`, isGone);
      if (name !== 'orphan') await api.untilOf(`configmaps/alone-${name}`, isGone);
      const shared = await api.untilOf(`configmaps/shared-${name}`, () => true);
      expect(shared.kind).to.equal('ConfigMap');
    }
    const orphan = await api.call('GET', 'configmaps/alone-orphan');
    expect(orphan.body.metadata).to.not.have.property('ownerReferences');
    const other = await api.call('GET', 'configmaps/shared-orphan');
    expect(other.body.metadata.ownerReferences.map(({ name }: Json) => name)).to.deep.equal(['second-orphan']);
  });

  it('of an owner that never was happens at once', async () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: '00000000-0000-4000-8000-000000000000' };
    await create('configmaps', configMap('stray', { ownerReferences: [owner] }));
    await api.untilOf('configmaps/stray', isGone);
  });

  describe('of Jobs with pods', () => {
    const podsOf = async (name: string): Promise<Json[]> =>
      (await api.call('GET', `pods?labelSelector=job-name%3D${name}`)).body.items;
    before(async () => {
      const names = ['orphaned', 'kept', 'background', 'foreground'];
      for (const name of names) await create('jobs', job(name, politeSleep));
      for (const name of names) await api.untilOf(`jobs/${name}`, ({ status }) => status.ready === 1);
    });

    it('orphans them by default, with a warning, and they run on', async () => {
      const { code, body, warnings } = await api.call('DELETE', 'jobs/orphaned');
      expect([code, body.kind, body.metadata.finalizers]).to.deep.equal([200, 'Job', ['orphan']]);
      expect(warnings).to.deep.equal([
        'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or ' +
          'set propagationPolicy=Orphan to suppress this warning',
      ]);
      expect((await api.call('DELETE', 'jobs?labelSelector=none')).warnings, 'of a collection').to.deep.equal(warnings);
      await api.untilOf('jobs/orphaned', isGone);
      const [pod] = await podsOf('orphaned');
      const free = ({ metadata }: Json) => metadata.ownerReferences === undefined && metadata.finalizers === undefined;
      const { status } = await api.untilOf(`pods/${pod.metadata.name}`, free);
      expect(status.phase).to.equal('Running');
      await api.call('DELETE', `pods/${pod.metadata.name}`);
    });

    it('says nothing when that is asked for', async () => {
      expect((await api.call('DELETE', 'jobs/kept?propagationPolicy=Orphan')).warnings).to.deep.equal([]);
    });

    it('in the background removes the Job first', async () => {
      const [pod] = await podsOf('background');
      const { body } = await api.call('DELETE', 'jobs/background', { propagationPolicy: 'Background' });
      expect(body.details).to.include({ name: 'background', group: 'batch', kind: 'jobs' });
      expect((await api.call('GET', 'jobs/background')).code).to.equal(404);
      await api.untilOf(`pods/${pod.metadata.name}`, isGone);
    });

    it('in the foreground removes the pods first, and they are no failures', async () => {
      const watch = await api.watch('jobs?watch=1&fieldSelector=metadata.name%3Dforeground');
      const { body } = await api.call('DELETE', 'jobs/foreground', { propagationPolicy: 'Foreground' });
      expect(body.metadata.finalizers).to.deep.equal(['foregroundDeletion']);
      const { object } = await watch.until(({ type }) => type === 'DELETED');
      watch.end();
      expect(object.status).to.not.have.any.keys('failed', 'conditions');
      expect(await podsOf('foreground')).to.deep.equal([]);
    });
  });

  describe('of pods', () => {
    const deletedAt = ({ metadata }: Json): number => Date.parse(metadata.deletionTimestamp);
    before(async () => {
      for (const name of ['polite', 'hurried', 'killed']) {
        const script = name === 'polite' ? politeSleep : 'trap "" TERM; echo begun; while :; do sleep 0.1; done';
        await create('pods', pod(name, script, {}, { terminationGracePeriodSeconds: 120 }));
      }
      for (const name of ['polite', 'hurried', 'killed']) {
        await api.untilOf(`pods/${name}`, ({ status }) => status.phase === 'Running');
      }
    });

    it('gives them their grace period, and shows how they ended', async () => {
      const watch = await api.watch('pods?watch=1&fieldSelector=metadata.name%3Dpolite');
      await api.logUntil('polite', /begun/);
      const { code, body } = await api.call('DELETE', 'pods/polite');
      expect([code, body.metadata.deletionGracePeriodSeconds]).to.deep.equal([200, 120]);
      expect(deletedAt(body) - Date.now()).to.be.within(110_000, 121_000);
      const { object } = await watch.until(({ type }) => type === 'DELETED');
      watch.end();
      expect(object.status.containerStatuses[0].state.terminated).to.include({ exitCode: 143, reason: 'Error' });
    });

    it('can be hurried, but not slowed down', async () => {
      await api.logUntil('hurried', /begun/);
      await api.call('DELETE', 'pods/hurried');
      const slower = await api.call('DELETE', 'pods/hurried', { gracePeriodSeconds: 500 });
      expect(slower.body.metadata.deletionGracePeriodSeconds).to.equal(120);
      const faster = await api.call('DELETE', 'pods/hurried', { gracePeriodSeconds: 1 });
      expect(faster.body.metadata.deletionGracePeriodSeconds).to.equal(1);
      await api.call('DELETE', 'pods/hurried', { gracePeriodSeconds: 0 });
      await api.untilOf('pods/hurried', isGone);
    });

    it('without grace removes the object at once', async () => {
      const { body } = await api.call('DELETE', 'pods/killed', { gracePeriodSeconds: 0 });
      expect(body.kind).to.equal('Pod');
      expect((await api.call('GET', 'pods/killed')).code).to.equal(404);
    });
  });

  it('of a namespace empties it first and lets nothing in', async () => {
    const name = `${api.namespace}-emptied`;
    const path = `/api/v1/namespaces/${name}`;
    await create('/api/v1/namespaces', { metadata: { name } });
    await create(`${path}/configmaps`, configMap('held', { finalizers: ['example.com/x'] }));
    const { body } = await api.call('DELETE', path);
    expect([body.kind, body.status.phase]).to.deep.equal(['Namespace', 'Terminating']);
    const late = await api.call('POST', `${path}/configmaps`, configMap('late'));
    expect([late.code, late.body.message]).to.deep.equal([
      403,
      `configmaps "late" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
    ]);
    await api.untilOf(`${path}/configmaps/held`, ({ metadata }) => metadata.deletionTimestamp !== undefined);
    const free = { metadata: { finalizers: null } };
    await api.call('PATCH', `${path}/configmaps/held`, free, PATCH.merge);
    await api.untilOf(path, isGone);
  });
});
