import { expect } from 'chai';
import { type Json, useApi } from '../support/api.js';

describe('discovery', () => {
  const api = useApi();
  const named = (list: Json[], name: string): Json => list.find((entry) => entry.name === name);
  const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

  it('tells the version and that the cluster is ready', async () => {
    const { body } = await api.call('GET', '/version');
    expect(body).to.include({ major: '1', minor: '36' });
    for (const path of ['/healthz', '/livez', '/readyz']) {
      expect(await api.call('GET', path), path).to.include({ code: 200, body: 'ok' });
    }
  });

  it('lists groups and resources one by one', async () => {
    const core = await api.call('GET', '/api');
    expect(core.body).to.deep.include({ kind: 'APIVersions', versions: ['v1'] });
    const groups = await api.call('GET', '/apis');
    const preferredVersion = { groupVersion: 'batch/v1', version: 'v1' };
    expect(named(groups.body.groups, 'batch')).to.deep.include({ name: 'batch', preferredVersion });
    const { body } = await api.call('GET', '/api/v1');
    expect(body).to.include({ kind: 'APIResourceList', groupVersion: 'v1' });
    expect(named(body.resources, 'configmaps')).to.deep.include({
      singularName: 'configmap',
      namespaced: true,
      kind: 'ConfigMap',
      verbs: allVerbs,
      shortNames: ['cm'],
    });
    expect(named(body.resources, 'pods/log')).to.deep.include({ namespaced: true, kind: 'Pod', verbs: ['get'] });
    expect(named(body.resources, 'namespaces').verbs).to.not.include('deletecollection');
    const batch = await api.call('GET', '/apis/batch/v1');
    expect(named(batch.body.resources, 'jobs')).to.deep.include({ kind: 'Job', verbs: allVerbs, categories: ['all'] });
  });

  const paths: [string, string, number][] = [
    ['GET', '/nope', 404],
    ['GET', '/api/v1/nope', 404],
    ['GET', '/api/v1/jobs', 404],
    ['GET', '/apis/batch/v1/jobs', 200],
    ['GET', '/apis/batch/v1/jobs/x', 404],
    ['GET', 'configmaps/x', 404],
    ['GET', 'configmaps/x/status', 404],
    ['GET', 'jobs/x/log', 404],
    ['GET', 'nodes', 404],
    ['PUT', 'configmaps', 405],
    ['POST', 'configmaps/x', 405],
    ['POST', '/api/v1/configmaps', 405],
    ['DELETE', '/api/v1/configmaps', 405],
    ['DELETE', '/api/v1/namespaces', 405],
    ['POST', '/version', 405],
    ['GET', '/api/v1/namespaces/default', 200],
    ['GET', '/api/v1/namespaces/default/status', 200],
  ];
  for (const [method, path, code] of paths) {
    it(`answers ${code} to ${method} ${path}`, async () => {
      const reply = await api.call(method, path, method === 'POST' || method === 'PUT' ? {} : undefined);
      expect(reply.code).to.equal(code);
    });
  }

  it('says what is wrong in a Status', async () => {
    const { body } = await api.call('GET', 'configmaps/x');
    expect(body).to.deep.equal({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'configmaps "x" not found',
      reason: 'NotFound',
      details: { name: 'x', kind: 'configmaps' },
      code: 404,
    });
  });
});
