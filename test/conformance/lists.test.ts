import { expect } from 'chai';
import { type Json, useApi } from '../support/api.js';
import { configMap, job } from './objects.js';

describe('lists', () => {
  const api = useApi();
  // A real cluster puts a ConfigMap of its own into each namespace.
  const ours = 'labelSelector=n';
  const names = (body: Json): string[] => body.items.map(({ metadata }: Json) => metadata.name);
  const list = async (query: string) => (await api.call('GET', `configmaps?${query}`)).body;
  before(async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const labels = { n: name, ...(name === 'a' ? { first: '' } : {}), size: String(name.charCodeAt(0) - 96) };
      await api.call('POST', 'configmaps', configMap(name, { labels }));
    }
  });

  it('carry the version they are of, and items without type', async () => {
    const { body } = await api.call('GET', `configmaps?${ours}`);
    expect(body).to.include({ kind: 'ConfigMapList', apiVersion: 'v1' });
    expect(body.metadata.resourceVersion).to.match(/^\d+$/);
    expect(names(body)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    expect(body.items[0]).to.not.have.any.keys('kind', 'apiVersion');
  });

  it('come in pages that together are the list of one moment', async () => {
    const first = await list('limit=2');
    expect(names(first)).to.deep.equal(['a', 'b']);
    expect(first.metadata.remainingItemCount).to.be.within(3, 4);
    // What happens now must not show in the following pages.
    await api.call('DELETE', 'configmaps/c');
    await api.call('POST', 'configmaps', configMap('cc', { labels: { n: 'cc' } }));
    const second = await list(`limit=2&continue=${first.metadata.continue}`);
    expect(names(second)).to.deep.equal(['c', 'd']);
    expect(second.metadata.resourceVersion).to.equal(first.metadata.resourceVersion);
    const third = await list(`continue=${second.metadata.continue}`);
    expect(names(third)).to.include('e').and.to.not.include('cc');
    expect(third.metadata).to.not.have.any.keys('continue', 'remainingItemCount');
    await api.call('DELETE', 'configmaps/cc');
    await api.call('POST', 'configmaps', configMap('c', { labels: { n: 'c', size: '3' } }));
  });

  it('do not say how much is left when there is a selector', async () => {
    const { metadata } = await list(`limit=1&${ours}`);
    expect(metadata.continue).to.be.a('string');
    expect(metadata).to.not.have.property('remainingItemCount');
  });

  it('can be of an exact earlier version, and are when a page names one', async () => {
    const { resourceVersion } = (await list(ours)).metadata;
    await api.call('POST', 'configmaps', configMap('later', { labels: { n: 'later' } }));
    const exact = await list(`${ours}&resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`);
    expect(names(exact)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    expect(exact.metadata.resourceVersion).to.equal(resourceVersion);
    const page = await list(`${ours}&resourceVersion=${resourceVersion}&limit=100`);
    expect(names(page)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    const newer = await list(`${ours}&resourceVersion=${resourceVersion}&resourceVersionMatch=NotOlderThan`);
    expect(names(newer)).to.include('later');
    await api.call('DELETE', 'configmaps/later');
  });

  it('of a version of the future are not waited for', async () => {
    const { code, body } = await api.call('GET', 'configmaps?resourceVersion=999999999');
    expect([code, body.reason, body.details.retryAfterSeconds]).to.deep.equal([504, 'Timeout', 1]);
    expect(body.message).to.match(/^Timeout: Too large resource version: 999999999, current: \d+$/);
    expect(body.details.causes[0].reason).to.equal('ResourceVersionTooLarge');
  });

  const selected: [string, string[]][] = [
    ['n=a', ['a']],
    ['n==a', ['a']],
    ['n!=a,n', ['b', 'c', 'd', 'e']],
    ['n in (a,c)', ['a', 'c']],
    ['n,n notin (a,c)', ['b', 'd', 'e']],
    ['first', ['a']],
    ['first=', ['a']],
    ['n,!first', ['b', 'c', 'd', 'e']],
    ['size>3', ['d', 'e']],
    ['size<2', ['a']],
    ['n in (a,b),size>1', ['b']],
  ];
  for (const [selector, expected] of selected) {
    it(`take the labels ${selector}`, async () => {
      expect(names(await list(`labelSelector=${encodeURIComponent(selector)}`))).to.deep.equal(expected);
    });
  }

  it('take fields: those that a kind has', async () => {
    expect(names(await list('fieldSelector=metadata.name%3Db'))).to.deep.equal(['b']);
    expect(names(await list(`${ours}&fieldSelector=metadata.name!%3Db`))).to.deep.equal(['a', 'c', 'd', 'e']);
    await api.call('POST', 'jobs', job('j', 'true', { suspend: true }));
    const jobs = await api.call('GET', 'jobs?fieldSelector=status.successful%3D0');
    expect(names(jobs.body)).to.deep.equal(['j']);
    const nodes = await api.call('GET', '/api/v1/nodes?fieldSelector=spec.unschedulable%3Dfalse');
    expect(nodes.body.items).to.have.length(1);
  });

  const notFields: [string, string][] = [
    ['pods', 'field label not supported: spec.bogus'],
    ['events', 'field label not supported: spec.bogus'],
    ['services', 'field label not supported: spec.bogus'],
    ['jobs', 'field label "spec.bogus" not supported for Job'],
    ['configmaps', '"spec.bogus" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ];
  for (const [resource, message] of notFields) {
    it(`refuse fields that ${resource} do not have`, async () => {
      const { code, body } = await api.call('GET', `${resource}?fieldSelector=spec.bogus%3Db`);
      expect([code, body.message]).to.deep.equal([400, message]);
    });
  }

  const forbidden = (field: string, why: string) =>
    `ListOptions.meta.k8s.io "" is invalid: ${field}: Forbidden: ${why}`;
  const match = 'resourceVersionMatch';
  const refused: [string, number, string][] = [
    ['limit=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['continue=abc', 400, 'invalid continue token: continue key is not valid'],
    ['resourceVersion=x', 400, 'invalid resource version: resourceVersion: Invalid value: "x"'],
    [`${match}=Exact`, 422, forbidden(match, `${match} is forbidden unless resourceVersion is provided`)],
    [
      `resourceVersion=0&${match}=Exact`,
      422,
      forbidden(match, `${match} "exact" is forbidden for resourceVersion "0"`),
    ],
    [
      `resourceVersion=0&${match}=Foo`,
      422,
      `ListOptions.meta.k8s.io "" is invalid: ${match}: Unsupported value: "Foo": supported values: "Exact", ` +
        '"NotOlderThan", ""',
    ],
    ['sendInitialEvents=true', 422, forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')],
    ['labelSelector=-%3Db', 400, 'unable to parse requirement: <nil>: Invalid value: "-": name part must consist of'],
    ['labelSelector=n%3Ex', 400, "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt'"],
    ['fieldSelector=foo', 400, "invalid selector: 'foo'; can't understand 'foo'"],
  ];
  for (const [query, code, message] of refused) {
    it(`refuse ${query}`, async () => {
      const reply = await api.call('GET', `configmaps?${query}`);
      expect(reply.code).to.equal(code);
      expect(reply.body.message.slice(0, message.length)).to.equal(message);
    });
  }

  // Each cluster says in its own words what it cannot read.
  for (const selector of ['=', 'a in b', 'a==b=c', 'a,']) {
    it(`refuse the labels ${selector}`, async () => {
      const { code, body } = await api.call('GET', `configmaps?labelSelector=${encodeURIComponent(selector)}`);
      expect([code, body.reason]).to.deep.equal([400, 'BadRequest']);
    });
  }

  describe('for people', () => {
    const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
    const columns: [string, string, string][] = [
      ['configmaps', 'Name Data Age', ''],
      ['jobs', 'Name Status Completions Duration Age', 'Containers Images Selector'],
      ['pods', 'Name Ready Status Restarts Age', 'IP Node Nominated Node Readiness Gates'],
      ['events', 'Last Seen Type Reason Object Message', 'Subobject Source First Seen Count Name'],
      ['secrets', 'Name Type Data Age', ''],
      ['services', 'Name Type Cluster-IP External-IP Port(s) Age', 'Selector'],
      [
        'persistentvolumeclaims',
        'Name Status Volume Capacity Access Modes StorageClass VolumeAttributesClass Age',
        'VolumeMode',
      ],
      ['resourcequotas', 'Name Request Limit Age', ''],
      ['/api/v1/namespaces', 'Name Status Age', ''],
      [
        '/api/v1/nodes',
        'Name Status Roles Age Version',
        'Internal-IP External-IP OS-Image Kernel-Version Container-Runtime',
      ],
    ];
    for (const [resource, narrow, wide] of columns) {
      it(`are tables of ${resource}`, async () => {
        const { body } = await api.call('GET', resource, undefined, table);
        expect(body).to.include({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
        const titles = (priority: number) =>
          body.columnDefinitions
            .filter((column: Json) => column.priority === priority)
            .map(({ name }: Json) => name)
            .join(' ');
        expect([titles(0), titles(1)]).to.deep.equal([narrow, wide]);
        for (const { type, format, name } of body.columnDefinitions) {
          expect([type, format]).to.deep.equal(['string', name === 'Name' ? 'name' : '']);
        }
      });
    }

    it('say what kernel a node has, and for which processor', async () => {
      const { body } = await api.call('GET', '/api/v1/nodes', undefined, table);
      const at = body.columnDefinitions.findIndex(({ name }: Json) => name === 'Kernel-Version');
      expect(body.rows[0].cells[at]).to.match(/^\S+ \((amd64|arm64)\)$/);
    });

    it('have rows with the metadata of the object, or nothing', async () => {
      const { body } = await api.call('GET', 'configmaps?labelSelector=n%3Da', undefined, table);
      expect(body.rows[0].cells.slice(0, 2)).to.deep.equal(['a', 1]);
      expect(body.rows[0].object).to.include({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' });
      const bare = await api.call('GET', 'configmaps/a?includeObject=None', undefined, table);
      expect(bare.body.rows).to.have.length(1);
      expect(bare.body.rows[0].object ?? null).to.equal(null);
    });
  });
});
