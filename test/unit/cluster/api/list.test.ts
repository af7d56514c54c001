import { expect } from 'chai';
import { type Harness, configMap, configMaps, job, jobs, startHarness } from './harness.js';

describe('lists', () => {
  let api: Harness;
  beforeEach(async () => {
    api = await startHarness();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await api.call('POST', configMaps, configMap(name, { name }));
  });
  afterEach(() => api.close());

  const names = (body: { items: { metadata: { name: string } }[] }) => body.items.map(({ metadata }) => metadata.name);

  it('carry the version they are of, and items without type', async () => {
    const { body } = await api.call('GET', configMaps);
    expect(body).to.include({ kind: 'ConfigMapList', apiVersion: 'v1' });
    expect(body.metadata).to.deep.equal({ resourceVersion: String(api.store.revision) });
    expect(body.items[0]).to.not.have.any.keys('kind', 'apiVersion');
  });

  it('come in pages that together are the list of one moment', async () => {
    const first = await api.call('GET', `${configMaps}?limit=2`);
    expect(names(first.body)).to.deep.equal(['a', 'b']);
    expect(first.body.metadata.remainingItemCount).to.equal(3);
    // What happens now must not show in the following pages.
    await api.call('DELETE', `${configMaps}/c`);
    await api.call('POST', configMaps, configMap('cc'));
    const next = `${configMaps}?limit=2&continue=${first.body.metadata.continue}`;
    const second = await api.call('GET', next);
    expect(names(second.body)).to.deep.equal(['c', 'd']);
    expect(second.body.metadata.resourceVersion).to.equal(first.body.metadata.resourceVersion);
    const third = await api.call('GET', `${configMaps}?continue=${second.body.metadata.continue}`);
    expect(names(third.body)).to.deep.equal(['e']);
    expect(third.body.metadata.continue).to.equal(undefined);
  });

  it('do not say how much is left when there is a selector', async () => {
    const { body } = await api.call('GET', `${configMaps}?limit=1&labelSelector=name`);
    expect(body.metadata.continue).to.be.a('string');
    expect(body.metadata).to.not.have.property('remainingItemCount');
  });

  it('answer 410 to a page of a time that is forgotten, with a token that goes on', async () => {
    const first = await api.call('GET', `${configMaps}?limit=2`);
    const changes = Array.from({ length: 8300 }, (_, index) =>
      api.store.update('configmaps', 'default', 'a', (draft) => {
        draft['data'].n = String(index);
      }),
    );
    await Promise.all(changes);
    const { code, body } = await api.call('GET', `${configMaps}?limit=2&continue=${first.body.metadata.continue}`);
    expect([code, body.reason]).to.deep.equal([410, 'Expired']);
    const rest = await api.call('GET', `${configMaps}?continue=${body.metadata.continue}`);
    expect(names(rest.body)).to.deep.equal(['c', 'd', 'e']);
  });

  it('can be of an exact earlier version', async () => {
    const { resourceVersion } = (await api.call('GET', configMaps)).body.metadata;
    await api.call('DELETE', `${configMaps}/a`);
    const { body } = await api.call(
      'GET',
      `${configMaps}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`,
    );
    expect(names(body)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
  });

  it('refuse a version of the future with 504', async () => {
    const { code, body } = await api.call('GET', `${configMaps}?resourceVersion=99999`);
    expect([code, body.reason, body.details.retryAfterSeconds]).to.deep.equal([504, 'Timeout', 1]);
    expect(body.details.causes[0].reason).to.equal('ResourceVersionTooLarge');
  });

  const refused: [string, number][] = [
    ['limit=x', 400],
    ['continue=abc', 400],
    ['resourceVersion=x', 400],
    ['resourceVersionMatch=Exact', 422],
    ['resourceVersion=0&resourceVersionMatch=Exact', 422],
    ['resourceVersion=0&resourceVersionMatch=Foo', 422],
    ['sendInitialEvents=true', 422],
    ['labelSelector=%3D', 400],
    ['fieldSelector=data.a%3Db', 400],
  ];
  for (const [query, code] of refused) {
    it(`refuse ${query} with ${code}`, async () => {
      expect((await api.call('GET', `${configMaps}?${query}`)).code).to.equal(code);
    });
  }

  it('can be tables, with more columns for those who want them wide', async () => {
    await api.call('POST', jobs, job('j'));
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const { body } = await api.call('GET', jobs, undefined, { accept });
    const columns = body.columnDefinitions as { name: string; priority: number }[];
    expect(columns.filter(({ priority }) => priority === 0).map(({ name }) => name)).to.deep.equal([
      'Name',
      'Status',
      'Completions',
      'Duration',
      'Age',
    ]);
    expect(body.rows[0].cells.slice(0, 4)).to.deep.equal(['j', 'Running', '0/1', '']);
    expect(body.rows[0].object.kind).to.equal('PartialObjectMetadata');
    const bare = await api.call('GET', `${jobs}?includeObject=None`, undefined, { accept });
    expect(bare.body.rows[0]).to.not.have.property('object');
  });

  it('of many objects arrive whole', async () => {
    await Promise.all(
      Array.from({ length: 450 }, (_, index) =>
        api.store.create('configmaps', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: `m${index}`, namespace: 'default' },
        }),
      ),
    );
    const { body } = await api.call('GET', configMaps);
    expect(body.items.length).to.equal(455);
  });
});
