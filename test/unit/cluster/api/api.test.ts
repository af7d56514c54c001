import { expect } from 'chai';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request as rawRequest } from 'node:http';
import { type Harness, configMap, configMaps, job, jobs, startHarness, token } from './harness.js';

/** A request whose Host header fetch would not let us choose. */
function statusWith(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = rawRequest(`${url}/version`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject);
    request.end();
  });
}

describe('the API', () => {
  let api: Harness;
  beforeEach(async () => {
    api = await startHarness();
  });
  afterEach(() => api.close());

  describe('guard', () => {
    const authorization = `Bearer ${token}`;
    const cases: [string, Record<string, string>, number][] = [
      ['the token', { authorization }, 200],
      ['no token', {}, 401],
      ['another token', { authorization: 'Bearer x' }, 401],
      ['the token in another scheme', { authorization: `Basic ${token}` }, 401],
      ['a host name that is not this machine', { authorization, host: 'evil.example:80' }, 403],
      ['localhost by name', { authorization, host: 'localhost:1234' }, 200],
      ['a web page as origin', { authorization, origin: 'http://localhost' }, 403],
    ];
    for (const [what, headers, code] of cases) {
      it(`answers ${code} to a request with ${what}`, async () => {
        expect(await statusWith(api.url, headers)).to.equal(code);
      });
    }
  });

  it('answers 413 to a body that turns out to be too large, and takes the rest of it', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const request = rawRequest(`${api.url}${configMaps}`, { method: 'POST', headers, agent });
    const failures: unknown[] = [];
    request.on('error', (error) => failures.push(error));
    // Without an end or a length: sent in chunks.
    request.write(Buffer.alloc(4 * 1024 * 1024, ' '));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).to.equal(413);
    expect(JSON.parse(Buffer.concat(await response.toArray()).toString())).to.include({
      message: 'Request entity too large: limit is 3145728',
    });
    request.end(Buffer.alloc(4 * 1024 * 1024, ' '));
    await once(request, 'close');
    expect(failures).to.deep.equal([]);
    const next = rawRequest(`${api.url}/version`, { headers, agent }).end();
    const [answer] = (await once(next, 'response')) as [IncomingMessage];
    expect([answer.resume().statusCode, next.reusedSocket]).to.deep.equal([200, true]);
    agent.destroy();
  });

  describe('OpenAPI', () => {
    it('has an OpenAPI document for every group that it lists', async () => {
      const { body } = await api.call('GET', '/openapi/v3');
      expect(Object.keys(body.paths)).to.have.members(['api/v1', 'apis/batch/v1']);
      for (const { serverRelativeURL } of Object.values<{ serverRelativeURL: string }>(body.paths)) {
        expect((await api.call('GET', serverRelativeURL)).code).to.equal(200);
      }
    });

    it('tells kubectl that it may validate, and that fields are not explained here', async () => {
      const { body } = await api.call('GET', '/openapi/v3/apis/batch/v1');
      const { patch } = body.paths['/apis/batch/v1/namespaces/{namespace}/jobs/{name}'];
      expect(patch.parameters.map(({ name }: { name: string }) => name)).to.include('fieldValidation');
      const schema = body.components.schemas['batch/v1.Job'];
      expect(schema['x-kubernetes-group-version-kind']).to.deep.equal([{ group: 'batch', version: 'v1', kind: 'Job' }]);
      expect(schema.description).to.include('does not explain fields');
    });
  });

  describe('what the cluster does not do', () => {
    const pod = (fields: object) => ({
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'a', image: 'b', ...fields }], initContainers: [{ name: 'c', image: 'd' }] },
    });

    it('is refused by field', async () => {
      const path = '/api/v1/namespaces/default/pods';
      const { code, body } = await api.call('POST', path, pod({ readinessProbe: { tcpSocket: { port: 1 } } }));
      expect([code, body.reason]).to.deep.equal([422, 'Invalid']);
      const why = 'Forbidden: the embedded cluster does not support it';
      expect(body.message).to.equal(
        `Pod "p" is invalid: [spec.containers[0].readinessProbe: ${why}, spec.initContainers: ${why}]`,
      );
    });

    it('is said in a warning where it does no harm', async () => {
      const spec = {
        restartPolicy: 'Never',
        containers: [{ name: 'a', image: 'b' }],
        securityContext: { runAsUser: 1 },
      };
      const { code, body, headers } = await api.call('POST', jobs, job('a', { template: { spec } }));
      expect(code).to.equal(201);
      expect(body.spec.template.spec.securityContext).to.deep.equal({ runAsUser: 1 });
      expect(headers.get('warning')).to.include('spec.template.spec.securityContext.runAsUser has no effect');
    });

    it('is refused by method', async () => {
      expect((await api.call('POST', '/api/v1/nodes', { metadata: { name: 'n' } })).code).to.equal(405);
    });
  });

  describe('the node', () => {
    const path = '/api/v1/nodes/embedded';
    const merge = { 'Content-Type': 'application/merge-patch+json' };
    const change = (patch: object, below = '') => api.call('PATCH', path + below, patch, merge);
    beforeEach(async () => {
      const status = { capacity: { cpu: '2' }, allocatable: { cpu: '2' } };
      api.store.create('nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'embedded' },
        spec: {},
        status,
      });
    });

    it('takes labels', async () => {
      const { code, body } = await change({
        metadata: { labels: { disk: 'fast' } },
        status: { capacity: { cpu: '9' } },
      });
      expect(code).to.equal(200);
      expect(body.metadata.labels).to.deep.equal({ disk: 'fast' });
      expect(body.status.capacity).to.deep.equal({ cpu: '2' });
    });

    it('advertises what it is told to, and no longer', async () => {
      await change({ status: { allocatable: { 'nvidia.com/gpu': '4' } } }, '/status');
      expect((await api.call('GET', path)).body.status.allocatable).to.deep.equal({ cpu: '2', 'nvidia.com/gpu': '4' });
      await change({ status: { allocatable: { 'nvidia.com/gpu': null } } }, '/status');
      expect((await api.call('GET', path)).body.status.allocatable).to.deep.equal({ cpu: '2' });
    });

    it('advertises quantities only', async () => {
      const { code, body } = await change({ status: { allocatable: { 'nvidia.com/gpu': 'many' } } }, '/status');
      expect(code).to.equal(422);
      expect(body.message).to.include('quantities must match the regular expression');
    });

    it('is never cordoned or tainted, which would have no effect', async () => {
      const { code, body } = await change({ spec: { unschedulable: true } });
      expect(code).to.equal(422);
      expect(body.message).to.include('spec: Forbidden: the embedded cluster has no taints and no cordons');
    });

    it('is shown although parts of its status are missing', async () => {
      const accept = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
      const { code, body } = await api.call('GET', path, undefined, accept);
      expect(code).to.equal(200);
      expect(body.rows[0].cells).to.include.members(['embedded', 'NotReady', '<none>', '<unknown>']);
    });
  });

  describe('bodies', () => {
    it('refuses protobuf and says what to do instead', async () => {
      const { code, body } = await api.call('POST', jobs, 'k8s', {
        'Content-Type': 'application/vnd.kubernetes.protobuf',
      });
      expect([code, body.reason]).to.deep.equal([415, 'UnsupportedMediaType']);
      expect(body.message).to.include('kubectl create -f FILE');
    });

    it('refuses server-side apply and says what to do instead', async () => {
      await api.call('POST', configMaps, configMap('a'));
      const { code, body } = await api.call('PATCH', `${configMaps}/a`, '{}', {
        'Content-Type': 'application/apply-patch+yaml',
      });
      expect(code).to.equal(415);
      expect(body.message).to.include('without --server-side');
    });
  });

  it('gives lists of many objects whole', async () => {
    const metadata = { namespace: 'default' };
    const make = (index: number) =>
      api.store.create('configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...metadata, name: `m${index}` },
      });
    for (let index = 0; index < 450; index += 1) make(index);
    const { body } = await api.call('GET', configMaps);
    expect(body.items.length).to.equal(450);
  });
});
