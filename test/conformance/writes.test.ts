import { expect } from 'chai';
import { PATCH, useApi } from '../support/api.js';
import { configMap, job } from './objects.js';

describe('writing objects', () => {
  const api = useApi();
  const make = async (name: string, metadata: object = {}) =>
    (await api.call('POST', 'configmaps', configMap(name, { ...metadata }))).body;

  describe('versions', () => {
    it('grow with every write, deletions included, and stay where nothing changes', async () => {
      const made = await make('grow');
      expect(made.metadata.resourceVersion).to.match(/^\d+$/);
      const same = await api.call('PATCH', 'configmaps/grow', { data: { a: 'b' } }, PATCH.merge);
      expect(same.body.metadata.resourceVersion).to.equal(made.metadata.resourceVersion);
      const put = await api.call('PUT', 'configmaps/grow', configMap('grow'));
      expect(put.body.metadata.resourceVersion).to.equal(made.metadata.resourceVersion);
      const watch = await api.watch(`configmaps?watch=1&resourceVersion=${made.metadata.resourceVersion}`);
      const changed = await api.call('PATCH', 'configmaps/grow', { data: { a: 'c' } }, PATCH.merge);
      await api.call('DELETE', 'configmaps/grow');
      const deleted = await watch.until(({ type }) => type === 'DELETED');
      watch.end();
      const [first, second, third] = [made, changed.body, deleted.object].map(({ metadata }) =>
        BigInt(metadata.resourceVersion),
      );
      expect([(first ?? 0n) < (second ?? 0n), (second ?? 0n) < (third ?? 0n)]).to.deep.equal([true, true]);
    });

    it('that are old are a conflict: for PUT, and for a patch that names one', async () => {
      await make('stale');
      const stale = { name: 'stale', resourceVersion: '1' };
      for (const [method, body, options] of [
        ['PUT', configMap('stale', stale), {}],
        ['PATCH', { metadata: stale, data: { x: 'y' } }, PATCH.merge],
      ] as const) {
        const { code, body: status } = await api.call(method, 'configmaps/stale', body, options);
        expect([code, status.reason]).to.deep.equal([409, 'Conflict']);
        expect(status.message).to.equal(
          'Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your ' +
            'changes to the latest version and try again',
        );
        expect(status.details).to.deep.equal({ name: 'stale', kind: 'configmaps' });
      }
    });

    it('cannot be given to a new object', async () => {
      const { code, body } = await api.call('POST', 'configmaps', configMap('x', { resourceVersion: '1' }));
      expect([code, body.message]).to.deep.equal([500, 'resourceVersion should not be set on objects to be created']);
    });
  });

  describe('identity', () => {
    it('is new for each object, with a time in whole seconds', async () => {
      const { metadata } = await make('once');
      expect(metadata.uid).to.match(/^[0-9a-f-]{36}$/);
      expect(metadata.creationTimestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      await api.call('DELETE', 'configmaps/once');
      expect((await make('once')).metadata.uid).to.not.equal(metadata.uid);
    });

    it('is taken once', async () => {
      await make('taken');
      const { code, body } = await api.call('POST', 'configmaps', configMap('taken'));
      expect([code, body.reason]).to.deep.equal([409, 'AlreadyExists']);
      expect(body.message).to.equal('configmaps "taken" already exists');
    });

    it('is generated from a prefix, of which 58 characters stay', async () => {
      const generated = async (generateName: string) =>
        (await api.call('POST', 'configmaps', { metadata: { generateName } })).body.metadata.name;
      expect(await generated('some-')).to.match(/^some-[a-z0-9]{5}$/);
      expect(await generated('g'.repeat(70))).to.match(/^g{58}[a-z0-9]{5}$/);
      const { body } = await api.call('POST', 'jobs?dryRun=All', { ...job(''), metadata: { generateName: 'some-' } });
      expect(body.spec.template.metadata.labels['job-name']).to.equal(body.metadata.name);
    });

    it('cannot be changed', async () => {
      await make('fixed');
      for (const [metadata, code] of [
        [{ name: 'other' }, 400],
        [{ namespace: 'other' }, 400],
        [{ uid: 'x' }, 422],
      ] as const) {
        expect((await api.call('PATCH', 'configmaps/fixed', { metadata }, PATCH.merge)).code).to.equal(code);
      }
      expect((await api.call('PUT', 'configmaps/fixed', configMap('fixed', { uid: 'x' }))).code).to.equal(409);
      const renamed = await api.call('PUT', 'configmaps/fixed', configMap('other'));
      expect([renamed.code, renamed.body.message]).to.deep.equal([
        400,
        'the name of the object (other) does not match the name on the URL (fixed)',
      ]);
      const nameless = await api.call('PUT', 'configmaps/fixed', { metadata: {} });
      expect(nameless.body.message).to.equal(
        'the name of the object (fixed based on URL) was undeterminable: name must be provided',
      );
    });

    it('needs a namespace that exists and is the one of the path', async () => {
      const nowhere = await api.call('POST', '/api/v1/namespaces/nope/configmaps', configMap('a'));
      expect([nowhere.code, nowhere.body.message]).to.deep.equal([404, 'namespaces "nope" not found']);
      const elsewhere = await api.call('POST', 'configmaps', configMap('a', { namespace: 'default' }));
      expect([elsewhere.code, elsewhere.body.message]).to.deep.equal([
        400,
        'the namespace of the provided object does not match the namespace sent on the request',
      ]);
    });
  });

  it('what is missing is not found', async () => {
    expect((await api.call('PUT', 'configmaps/none', configMap('none'))).code).to.equal(404);
    expect((await api.call('PATCH', 'configmaps/none', {}, PATCH.merge)).code).to.equal(404);
    expect((await api.call('DELETE', 'configmaps/none')).code).to.equal(404);
  });

  describe('on trial (dryRun)', () => {
    it('leaves everything as it was', async () => {
      await make('trial');
      expect((await api.call('POST', 'configmaps?dryRun=All', configMap('new'))).code).to.equal(201);
      expect((await api.call('GET', 'configmaps/new')).code).to.equal(404);
      const patched = await api.call('PATCH', 'configmaps/trial?dryRun=All', { data: { a: 'c' } }, PATCH.merge);
      expect(patched.body.data).to.deep.equal({ a: 'c' });
      const put = await api.call('PUT', 'configmaps/trial?dryRun=All', configMap('trial', {}, { data: { q: 'r' } }));
      expect(put.body.data).to.deep.equal({ q: 'r' });
      expect((await api.call('DELETE', 'configmaps/trial?dryRun=All')).body.status).to.equal('Success');
      expect((await api.call('GET', 'configmaps/trial')).body.data).to.deep.equal({ a: 'b' });
    });

    it('finds out what is wrong all the same', async () => {
      await make('there');
      expect((await api.call('POST', 'configmaps?dryRun=All', configMap('there'))).code).to.equal(409);
      expect((await api.call('POST', 'configmaps?dryRun=All', configMap('A_'))).code).to.equal(422);
      const { code, body } = await api.call('POST', 'configmaps?dryRun=Some', configMap('x'));
      expect([code, body.message]).to.deep.equal([
        422,
        'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
      ]);
      const options = 'configmaps/there?dryRun=Some&fieldValidation=Maybe';
      for (const [method, kind] of [
        ['PUT', 'UpdateOptions'],
        ['PATCH', 'PatchOptions'],
      ] as const) {
        const refused = await api.call(method, options, configMap('there'), method === 'PATCH' ? PATCH.merge : {});
        expect([refused.code, refused.body.message]).to.deep.equal([
          422,
          `${kind}.meta.k8s.io "" is invalid: [dryRun: Unsupported value: ["Some"]: supported values: "All", ` +
            'fieldValidation: Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"]',
        ]);
      }
    });
  });

  describe('unknown fields', () => {
    const odd = (name: string) => configMap(name, { foo: 2 }, { bogus: 1 });

    it('are refused when that is asked for', async () => {
      const { code, body } = await api.call('POST', 'configmaps?fieldValidation=Strict', odd('odd'));
      expect([code, body.reason]).to.deep.equal([400, 'BadRequest']);
      expect(body.message).to.equal(
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field ' +
          '"metadata.foo", unknown field "bogus"',
      );
      const deep = await api.call('POST', 'jobs?fieldValidation=Strict', job('odd', 'true', {}, { foo: 1 }));
      expect(deep.body.message).to.include('unknown field "spec.template.spec.foo"');
      const text = '{"metadata":{"name":"odd"},"data":{"a":"1","a":"2"}}';
      const twice = await api.call('POST', 'configmaps?fieldValidation=Strict', text);
      expect(twice.body.message).to.include('strict decoding error: duplicate field "data.a"');
      await make('plain');
      const patch = await api.call('PATCH', 'configmaps/plain?fieldValidation=Strict', { bogus: 1 }, PATCH.merge);
      expect([patch.code, patch.body.message]).to.satisfy(
        ([code, message]: [number, string]) => code === 422 && message.endsWith('unknown field "bogus"'),
      );
    });

    it('are dropped with a warning otherwise, or silently on request', async () => {
      const warned = await api.call('POST', 'configmaps', odd('warned'));
      expect(warned.warnings).to.deep.equal(['unknown field "metadata.foo"', 'unknown field "bogus"']);
      expect(warned.body).to.not.have.property('bogus');
      const silent = await api.call('POST', 'configmaps?fieldValidation=Ignore', odd('silent'));
      expect([silent.code, silent.warnings]).to.deep.equal([201, []]);
      expect((await api.call('POST', 'configmaps?fieldValidation=Foo', odd('x'))).code).to.equal(422);
    });
  });

  describe('bodies', () => {
    for (const [what, text] of [
      ['broken JSON', '{bad'],
      ['nothing', ''],
      ['a list', '[]'],
    ] as const) {
      it(`that are ${what} are refused`, async () => {
        const { code, body } = await api.call('POST', 'configmaps', text);
        expect(code).to.equal(400);
        expect(body.message).to.match(/^the object provided is unrecognized \(must be of type ConfigMap\)/);
      });
    }

    it('of another kind, of another type or too large are refused', async () => {
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } };
      expect((await api.call('POST', 'configmaps', secret)).code).to.equal(400);
      const plain = await api.call('POST', 'configmaps', 'x', { type: 'text/plain' });
      expect([plain.code, plain.body.reason]).to.deep.equal([415, 'UnsupportedMediaType']);
      const large = configMap('large', {}, { data: { x: 'y'.repeat(3.2 * 1024 * 1024) } });
      const { code, body } = await api.call('POST', 'configmaps', large);
      expect([code, body.message]).to.deep.equal([413, 'Request entity too large: limit is 3145728']);
    });

    it('need not say what they are', async () => {
      const { code, body } = await api.call('POST', 'configmaps', { metadata: { name: 'bare' } });
      expect([code, body.kind, body.apiVersion]).to.deep.equal([201, 'ConfigMap', 'v1']);
    });

    it('are not answered in a type that does not exist', async () => {
      expect((await api.call('GET', 'configmaps', undefined, { accept: 'text/html' })).code).to.equal(406);
    });
  });

  describe('the status', () => {
    it('is written through its own path only, which writes nothing else but metadata', async () => {
      const suspended = await api.call('POST', 'jobs', job('both', 'true', { suspend: true }));
      expect(suspended.body.status).to.deep.equal({});
      const spec = { parallelism: 3 };
      const main = await api.call('PATCH', 'jobs/both', { spec, status: { active: 5 } }, PATCH.merge);
      expect(main.body.spec.parallelism).to.equal(3);
      expect(main.body.status).to.not.have.property('active');
      const status = { succeeded: 7 };
      const metadata = { annotations: { a: 'n' } };
      const patch = { metadata, spec: { parallelism: 9 }, status };
      const { body } = await api.call('PATCH', 'jobs/both/status?dryRun=All', patch, PATCH.merge);
      expect(body.spec.parallelism).to.equal(3);
      expect(body.status.succeeded).to.equal(7);
      expect(body.metadata.annotations).to.deep.equal({ a: 'n' });
    });

    it('does not count as a new generation of the spec, nor does metadata', async () => {
      const { body } = await api.call('POST', 'jobs', job('generation', 'true', { suspend: true }));
      expect(body.metadata.generation).to.equal(1);
      const patch = async (path: string, change: object) =>
        (await api.call('PATCH', path, change, PATCH.merge)).body.metadata.generation;
      expect(await patch('jobs/generation', { metadata: { labels: { a: 'b' } } })).to.equal(1);
      expect(await patch('jobs/generation/status', { status: { succeeded: 1 } })).to.equal(1);
      expect(await patch('jobs/generation', { spec: { parallelism: 2 } })).to.equal(2);
    });
  });
});
