import { expect } from 'chai';
import { request as rawRequest } from 'node:http';
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

  describe('paths', () => {
    const cases: [string, string, number][] = [
      ['GET', '/healthz', 200],
      ['GET', '/readyz', 200],
      ['GET', '/api/v1', 200],
      ['GET', '/apis/batch/v1', 200],
      ['GET', '/nope', 404],
      ['GET', '/apis/apps/v1/deployments', 404],
      ['GET', '/api/v1/nope', 404],
      ['GET', '/api/v1/jobs', 404],
      ['GET', '/apis/batch/v1/jobs', 200],
      ['GET', `${configMaps}/x`, 404],
      ['GET', `${configMaps}/x/status`, 404],
      ['GET', `${configMaps}/%zz`, 404],
      ['PUT', configMaps, 405],
      ['POST', `${configMaps}/x`, 405],
      ['POST', '/api/v1/configmaps', 405],
      ['DELETE', '/api/v1/configmaps', 405],
      ['DELETE', '/api/v1/namespaces', 405],
      ['DELETE', `${jobs}/x/status`, 405],
      ['POST', '/version', 405],
      ['GET', '/api/v1/namespaces/default', 200],
      ['GET', '/api/v1/namespaces/default/status', 200],
      ['GET', '/api/v1/namespaces/default/nodes', 404],
    ];
    for (const [method, path, code] of cases) {
      it(`answers ${code} to ${method} ${path}`, async () => {
        const reply = await api.call(method, path, method === 'POST' || method === 'PUT' ? {} : undefined);
        expect(reply.code).to.equal(code);
      });
    }

    it('serves aggregated discovery to those who ask for it', async () => {
      const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
      const { body, headers } = await api.call('GET', '/apis', undefined, { accept });
      expect(headers.get('content-type')).to.include('as=APIGroupDiscoveryList');
      expect(body.items[0].versions[0].resources[0]).to.deep.include({ resource: 'jobs', scope: 'Namespaced' });
    });

    it('has an OpenAPI document for every group that it lists', async () => {
      const { body } = await api.call('GET', '/openapi/v3');
      expect(Object.keys(body.paths)).to.have.members(['api/v1', 'apis/batch/v1']);
      for (const { serverRelativeURL } of Object.values<{ serverRelativeURL: string }>(body.paths)) {
        expect((await api.call('GET', serverRelativeURL)).code).to.equal(200);
      }
    });
  });

  describe('OpenAPI', () => {
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
      expect(headers.get('warning')).to.include('spec.template.spec.securityContext has no effect');
    });

    it('is refused by method', async () => {
      expect((await api.call('POST', '/api/v1/nodes', { metadata: { name: 'n' } })).code).to.equal(405);
    });
  });

  describe('bodies', () => {
    it('refuses one of more than 3 MiB', async () => {
      const large = { ...configMap('a'), data: { x: 'y'.repeat(3 * 1024 * 1024) } };
      const { code, body } = await api.call('POST', configMaps, large);
      expect([code, body.reason]).to.deep.equal([413, 'RequestEntityTooLarge']);
    });

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

    for (const [what, text] of [
      ['broken JSON', '{bad'],
      ['nothing', ''],
      ['a list', '[]'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const { code, body } = await api.call('POST', configMaps, text);
        expect(code).to.equal(400);
        expect(body.message).to.match(/^the object provided is unrecognized \(must be of type ConfigMap\)/);
      });
    }

    it('cannot answer in a type it does not have', async () => {
      expect((await api.call('GET', configMaps, undefined, { accept: 'text/html' })).code).to.equal(406);
    });
  });

  describe('unknown fields', () => {
    const typo = job('a', { bogus: 1 });

    it('are refused when the client asks for that', async () => {
      const { code, body } = await api.call('POST', `${jobs}?fieldValidation=Strict`, typo);
      expect(code).to.equal(400);
      expect(body.message).to.equal(
        'Job in version "v1" cannot be handled as a Job: strict decoding error: unknown field "spec.bogus"',
      );
    });

    it('are dropped with a warning otherwise, beside the one about the image', async () => {
      const { code, body, headers } = await api.call('POST', jobs, typo);
      expect(code).to.equal(201);
      expect(body.spec).to.not.have.property('bogus');
      expect(headers.get('warning')).to.include('unknown field \\"spec.bogus\\"').and.to.include('is ignored');
    });

    it('are dropped silently on request', async () => {
      const { headers } = await api.call('POST', `${configMaps}?fieldValidation=Ignore`, {
        ...configMap('a'),
        bogus: 1,
      });
      expect(headers.get('warning')).to.equal(null);
    });
  });

  describe('updates', () => {
    const merge = { 'Content-Type': 'application/merge-patch+json' };

    it('of an old version are a conflict', async () => {
      await api.call('POST', configMaps, configMap('a'));
      const stale = { ...configMap('a'), metadata: { name: 'a', resourceVersion: '1' } };
      const { code, body } = await api.call('PUT', `${configMaps}/a`, stale);
      expect([code, body.reason]).to.deep.equal([409, 'Conflict']);
      expect(body.details).to.deep.equal({ name: 'a', kind: 'configmaps' });
      const patch = { metadata: { resourceVersion: '1' }, data: { x: 'y' } };
      expect((await api.call('PATCH', `${configMaps}/a`, patch, merge)).code).to.equal(409);
    });

    it('keep the status, and those of the status keep the spec', async () => {
      await api.call('POST', jobs, job('a'));
      const main = await api.call('PATCH', `${jobs}/a`, { spec: { parallelism: 3 }, status: { active: 5 } }, merge);
      expect([main.body.spec.parallelism, main.body.status]).to.deep.equal([3, {}]);
      const patch = { spec: { parallelism: 9 }, status: { active: 5 } };
      const { body } = await api.call('PATCH', `${jobs}/a/status`, patch, merge);
      expect([body.spec.parallelism, body.status, body.metadata.generation]).to.deep.equal([3, { active: 5 }, 2]);
    });

    it('that change nothing make no new version', async () => {
      const made = await api.call('POST', configMaps, configMap('a', { x: 'y' }));
      const { body } = await api.call('PATCH', `${configMaps}/a`, { data: { a: 'b' } }, merge);
      expect(body.metadata.resourceVersion).to.equal(made.body.metadata.resourceVersion);
    });

    it('on trial leave everything as it was', async () => {
      await api.call('POST', configMaps, configMap('a'));
      const { body } = await api.call('PATCH', `${configMaps}/a?dryRun=All`, { data: { a: 'c' } }, merge);
      expect(body.data.a).to.equal('c');
      expect(api.store.get('configmaps', 'default', 'a')?.['data'].a).to.equal('b');
      expect((await api.call('POST', `${configMaps}?dryRun=All`, configMap('new'))).code).to.equal(201);
      expect(api.store.get('configmaps', 'default', 'new')).to.equal(undefined);
    });

    it('cannot rename, move or re-identify an object', async () => {
      await api.call('POST', configMaps, configMap('a'));
      for (const [metadata, code] of [
        [{ name: 'b' }, 400],
        [{ namespace: 'other' }, 400],
        [{ uid: 'x' }, 422],
      ] as const) {
        expect((await api.call('PATCH', `${configMaps}/a`, { metadata }, merge)).code).to.equal(code);
      }
    });
  });

  describe('deletion', () => {
    it('of a Job orphans its pods unless told otherwise, with a warning', async () => {
      await api.call('POST', jobs, job('a'));
      const { code, body, headers } = await api.call('DELETE', `${jobs}/a`);
      expect([code, body.kind, body.metadata.finalizers]).to.deep.equal([200, 'Job', ['orphan']]);
      expect(headers.get('warning')).to.include('child pods are preserved by default');
    });

    it('in the background removes at once what nothing holds', async () => {
      const made = await api.call('POST', jobs, job('a'));
      const { body } = await api.call('DELETE', `${jobs}/a`, { propagationPolicy: 'Background' });
      expect(body.details).to.deep.equal({ name: 'a', group: 'batch', kind: 'jobs', uid: made.body.metadata.uid });
      expect((await api.call('GET', `${jobs}/a`)).code).to.equal(404);
    });

    it('waits for finalizers and can be asked for again meanwhile', async () => {
      const held = { ...configMap('a'), metadata: { name: 'a', finalizers: ['example.com/x'] } };
      await api.call('POST', configMaps, held);
      const first = await api.call('DELETE', `${configMaps}/a`);
      const again = await api.call('DELETE', `${configMaps}/a`);
      expect(again.body).to.deep.equal(first.body);
      const free = { metadata: { finalizers: null } };
      await api.call('PATCH', `${configMaps}/a`, free, { 'Content-Type': 'application/merge-patch+json' });
      expect((await api.call('GET', `${configMaps}/a`)).code).to.equal(404);
    });

    it('is refused when the preconditions do not hold', async () => {
      await api.call('POST', configMaps, configMap('a'));
      const { code } = await api.call('DELETE', `${configMaps}/a`, { preconditions: { uid: 'x' } });
      expect(code).to.equal(409);
    });

    it('of a collection takes what the selector selects', async () => {
      for (const name of ['a', 'b', 'c'])
        await api.call('POST', configMaps, configMap(name, { odd: String(name !== 'b') }));
      await api.call('DELETE', `${configMaps}?labelSelector=odd%3Dtrue`);
      expect(api.store.list('configmaps').map(({ metadata }) => metadata.name)).to.deep.equal(['b']);
    });

    it('of the default namespace is refused', async () => {
      expect((await api.call('DELETE', '/api/v1/namespaces/default')).code).to.equal(403);
    });
  });

  it('refuses a namespace that does not exist', async () => {
    const { code, body } = await api.call('POST', '/api/v1/namespaces/nope/configmaps', configMap('a'));
    expect([code, body.message]).to.deep.equal([404, 'namespaces "nope" not found']);
  });
});
