import { expect } from 'chai';
import { parseTarget } from '../../../../bridge/request/target.js';

describe('parseTarget', () => {
  for (const [target, host, path, query] of [
    ['/a/b?c=d?e', '', '/a/b', 'c=d?e'],
    ['http://h:80/a', 'h:80', '/a', ''],
    ['https://user:word@h/a@b?c', 'h', '/a@b', 'c'],
    ['http://h?c', 'h', '', 'c'],
    ['a/b', '', 'a/b', ''],
  ] as const) {
    it(`splits ${target}`, () => {
      expect(parseTarget(target)).to.deep.equal({ host, path, query });
    });
  }
});
