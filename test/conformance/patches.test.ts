import { expect } from 'chai';
import { PATCH, useApi } from '../support/api.js';
import { configMap } from './objects.js';

describe('patches', () => {
  const api = useApi();
  beforeEach(() =>
    api.call('POST', 'configmaps', configMap('a', { labels: { x: '1' } }, { data: { a: 'b', c: 'd' } })),
  );
  afterEach(() => api.call('DELETE', 'configmaps/a'));

  it('merge: null removes, the rest is replaced', async () => {
    const patch = { metadata: { labels: { x: null, y: '2' } }, data: { c: null, e: 'f' } };
    const { body } = await api.call('PATCH', 'configmaps/a', patch, PATCH.merge);
    expect([body.metadata.labels, body.data]).to.deep.equal([{ y: '2' }, { a: 'b', e: 'f' }]);
  });

  it('JSON: operations one after another, all or none', async () => {
    const patch = [
      { op: 'test', path: '/data/a', value: 'b' },
      { op: 'add', path: '/metadata/labels/e~1f', value: 'g' },
      { op: 'move', from: '/data/c', path: '/data/h' },
      { op: 'copy', from: '/data/a', path: '/data/i' },
      { op: 'replace', path: '/data/a', value: 'z' },
      { op: 'remove', path: '/metadata/labels/x' },
    ];
    const refused = await api.call(
      'PATCH',
      'configmaps/a',
      [...patch, { op: 'test', path: '/data/a', value: 'no' }],
      PATCH.json,
    );
    expect([refused.code, refused.body.message]).to.deep.equal([
      422,
      'the server rejected our request due to an error in our request',
    ]);
    const { body } = await api.call('PATCH', 'configmaps/a', patch, PATCH.json);
    expect([body.data, body.metadata.labels]).to.deep.equal([{ a: 'z', h: 'd', i: 'b' }, { 'e/f': 'g' }]);
  });

  it('strategic: lists are merged by their key, in the order that is asked for', async () => {
    const ports = [
      { name: 'first', port: 1 },
      { name: 'second', port: 2 },
    ];
    await api.call('POST', 'services', { metadata: { name: 'merge' }, spec: { clusterIP: 'None', ports } });
    const patch = { spec: { ports: [{ port: 2, appProtocol: 'http' }] } };
    const { body } = await api.call('PATCH', 'services/merge', patch, PATCH.strategic);
    const [first, second] = body.spec.ports;
    expect([first.name, second.name, second.appProtocol]).to.deep.equal(['first', 'second', 'http']);
    const order = { spec: { '$setElementOrder/ports': [{ port: 2 }, { port: 1 }] } };
    const ordered = await api.call('PATCH', 'services/merge', order, PATCH.strategic);
    expect(ordered.body.spec.ports.map(({ port }: { port: number }) => port)).to.deep.equal([2, 1]);
  });

  it('strategic: directives delete and replace', async () => {
    const finalizers = ['example.com/a', 'example.com/b', 'example.com/c'];
    await api.call('PATCH', 'configmaps/a', { metadata: { finalizers } }, PATCH.merge);
    const removal = { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/b'] } };
    const { body } = await api.call('PATCH', 'configmaps/a', removal, PATCH.strategic);
    expect(body.metadata.finalizers).to.deep.equal(['example.com/a', 'example.com/c']);
    const more = { metadata: { finalizers: ['example.com/d'] } };
    const added = await api.call('PATCH', 'configmaps/a', more, PATCH.strategic);
    expect(added.body.metadata.finalizers).to.have.members(['example.com/a', 'example.com/c', 'example.com/d']);
    const replaced = await api.call('PATCH', 'configmaps/a', { data: { $patch: 'replace', n: '1' } }, PATCH.strategic);
    expect(replaced.body.data).to.deep.equal({ n: '1' });
    await api.call('PATCH', 'configmaps/a', { metadata: { finalizers: null } }, PATCH.merge);
  });

  const wrong: [string, unknown, { type: string }, number, RegExp][] = [
    ['of no type', {}, { type: 'application/json' }, 415, /^415: Unsupported Media Type$/],
    ['that are broken', '{', PATCH.merge, 400, /^error decoding patch: /],
    ['that merge a list', '[]', PATCH.merge, 400, /cannot unmarshal array into Go value of type map/],
    ['of operations that are none', '{}', PATCH.json, 400, /cannot unmarshal object into Go value of type \[\]/],
    ['of places that are missing', [{ op: 'remove', path: '/data/zz' }], PATCH.json, 422, /rejected our request/],
    ['of unknown operations', [{ op: 'foo', path: '/data/a' }], PATCH.json, 422, /rejected our request/],
    ['that leave a wrong type', { data: { a: 1 } }, PATCH.merge, 422, /ConfigMap\.data of type string$/],
  ];
  for (const [what, body, options, code, message] of wrong) {
    it(`${what} are refused`, async () => {
      const reply = await api.call('PATCH', 'configmaps/a', body, options);
      expect(reply.code).to.equal(code);
      expect(reply.body.message).to.match(message);
      expect((await api.call('GET', 'configmaps/a')).body.data).to.deep.equal({ a: 'b', c: 'd' });
    });
  }
});
