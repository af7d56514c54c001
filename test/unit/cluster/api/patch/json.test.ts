import { expect } from 'chai';
import { jsonPatch } from '../../../../../cluster/api/patch/json.js';

describe('JSON patches', () => {
  const document = { a: { b: [1, 2, 3] }, 'x/y': { '~': 1 }, t: 'text' };
  const cases: [string, unknown[], unknown][] = [
    ['add a field', [{ op: 'add', path: '/c', value: 1 }], { ...document, c: 1 }],
    ['add an item in front', [{ op: 'add', path: '/a/b/0', value: 0 }], { ...document, a: { b: [0, 1, 2, 3] } }],
    ['add an item at the end', [{ op: 'add', path: '/a/b/-', value: 4 }], { ...document, a: { b: [1, 2, 3, 4] } }],
    ['remove', [{ op: 'remove', path: '/a/b/1' }], { ...document, a: { b: [1, 3] } }],
    ['replace', [{ op: 'replace', path: '/a/b', value: [] }], { ...document, a: { b: [] } }],
    ['move', [{ op: 'move', from: '/a/b', path: '/b' }], { ...document, a: {}, b: [1, 2, 3] }],
    ['copy', [{ op: 'copy', from: '/a/b/0', path: '/c' }], { ...document, c: 1 }],
    ['test', [{ op: 'test', path: '/x~1y/~0', value: 1 }], document],
  ];
  for (const [what, patch, result] of cases) {
    it(`can ${what}`, () => {
      expect(jsonPatch(document, patch)).to.deep.equal(result);
    });
  }

  const refused: [string, unknown][] = [
    ['a place that is not there', [{ op: 'replace', path: '/nope/x', value: 1 }]],
    ['removing what is not there', [{ op: 'remove', path: '/nope' }]],
    ['a test that fails', [{ op: 'test', path: '/a/b/0', value: 2 }]],
    ['an index that is none', [{ op: 'add', path: '/a/b/01', value: 1 }]],
    ['an index behind the end', [{ op: 'add', path: '/a/b/9', value: 1 }]],
    ['an operation that does not exist', [{ op: 'merge', path: '/a' }]],
    ['what is no operation', [1]],
    ['a path into a text', [{ op: 'add', path: '/t/d', value: 1 }]],
    ['making the object a list', [{ op: 'replace', path: '', value: [] }]],
  ];
  for (const [what, patch] of refused) {
    it(`refuse ${what} with 422`, () => {
      expect(() => jsonPatch(document, patch))
        .to.throw()
        .with.property('code', 422);
    });
  }

  it('are lists, and leave the original alone', () => {
    expect(() => jsonPatch(document, {}))
      .to.throw('error decoding patch')
      .with.property('code', 400);
    expect(document.a.b).to.deep.equal([1, 2, 3]);
  });

  it('cannot reach the language behind the document', () => {
    for (const path of ['/__proto__', '/__proto__/polluted', '/constructor/prototype/polluted']) {
      expect(() => jsonPatch({}, [{ op: 'add', path, value: { polluted: true } }])).to.throw();
    }
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });
});
