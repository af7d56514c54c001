import { expect } from 'chai';
import { hasControlCharacter, normalizePath } from '../../../../taskfile/fields/path.js';

describe('normalizePath', () => {
  const cases: [string, string | undefined][] = [
    ['/', '/'],
    ['//', '/'],
    ['/a/', '/a'],
    ['/a//./b', '/a/b'],
    ['/a..b/...', '/a..b/...'],
    ['/a/..', undefined],
    ['a', undefined],
    ['~/a', undefined],
    ['', undefined],
  ];
  for (const [path, expected] of cases) {
    it(`makes ${expected} of "${path}"`, () => {
      expect(normalizePath(path)).to.equal(expected);
    });
  }
});

describe('hasControlCharacter', () => {
  it('finds line ends and escapes, not spaces and letters of other scripts', () => {
    for (const bad of ['/a\n', '/\u001b', '/a\u2028']) expect(hasControlCharacter(bad)).to.equal(true);
    expect(hasControlCharacter('/ä b/数据')).to.equal(false);
  });
});
