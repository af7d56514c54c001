import { expect } from 'chai';
import { strategicPatch } from '../../../../../cluster/api/patch/strategic.js';
import { kindOf } from '../../../../../cluster/kinds/registry.js';

describe('strategic merge patches', () => {
  const pod = {
    metadata: { labels: { a: '1', b: '2' }, finalizers: ['x/1', 'x/2'] },
    spec: {
      containers: [
        { name: 'main', image: 'a', env: [{ name: 'A', value: '1' }], args: ['x'] },
        { name: 'side', image: 'b' },
      ],
      nodeSelector: { disk: 'ssd' },
    },
  };
  const patched = (patch: unknown): typeof pod => strategicPatch(kindOf('pods').schema, pod, patch) as typeof pod;

  it('merge containers and their variables by name', () => {
    const env = [{ name: 'B', value: '2' }];
    const { containers } = patched({ spec: { containers: [{ name: 'main', env }] } }).spec;
    expect(containers).to.deep.equal([
      { name: 'main', image: 'a', env: [{ name: 'A', value: '1' }, ...env], args: ['x'] },
      { name: 'side', image: 'b' },
    ]);
  });

  it('replace lists without a merge key', () => {
    expect(patched({ spec: { containers: [{ name: 'main', args: ['y'] }] } }).spec.containers[0]?.args).to.deep.equal([
      'y',
    ]);
  });

  it('add, remove and order items', () => {
    const patch = {
      spec: {
        '$setElementOrder/containers': [{ name: 'new' }, { name: 'main' }],
        containers: [
          { name: 'new', image: 'c' },
          { name: 'side', $patch: 'delete' },
        ],
      },
    };
    expect(patched(patch).spec.containers.map(({ name }) => name)).to.deep.equal(['new', 'main']);
  });

  it('replace a list or a map as a whole on request', () => {
    const list = patched({ spec: { containers: [{ $patch: 'replace' }, { name: 'only', image: 'z' }] } });
    expect(list.spec.containers).to.deep.equal([{ name: 'only', image: 'z' }]);
    const map = patched({ spec: { nodeSelector: { $patch: 'replace', zone: 'a' } } });
    expect(map.spec.nodeSelector).to.deep.equal({ zone: 'a' });
  });

  it('remove fields with null and items of plain lists by name', () => {
    const { metadata } = patched({ metadata: { labels: { a: null }, '$deleteFromPrimitiveList/finalizers': ['x/1'] } });
    expect(metadata).to.deep.equal({ labels: { b: '2' }, finalizers: ['x/2'] });
  });

  it('refuse an item without its merge key', () => {
    expect(() => patched({ spec: { containers: [{ image: 'x' }] } })).to.throw(
      'does not contain declared merge key: name',
    );
  });
});
