import { expect } from 'chai';
import { isHost, parseTarget } from '../../../../bridge/request/target.js';

describe('parseTarget', () => {
  for (const [target, host, path, query] of [
    ['/a/b?c=d?e', '', '/a/b', 'c=d?e'],
    ['http://h:80/a', 'h:80', '/a', ''],
    ['https://user:word@h/a@b?c', 'h', '/a@b', 'c'],
    ['http://h?c', 'h', '', 'c'],
    ['http://a@b@h/', 'h', '/', ''],
    ['a/b', '', 'a/b', ''],
  ] as const) {
    it(`splits ${target}`, () => {
      expect(parseTarget(target)).to.deep.equal({ host, path, query });
    });
  }
});

describe('isHost', () => {
  for (const host of ['', 'h', 'h:80', 'h:', 'a_b.c~', '[::1]', '[::1]:80', '%C3%A4']) {
    it(`takes ${JSON.stringify(host)}`, () => {
      expect(isHost(host)).to.equal(true);
    });
  }

  for (const host of ['h:x', 'h:1:2', '[::1', '[x]', 'x[::1]', '[1.2.3.4]', 'a%41', 'a%zz', 'a b']) {
    it(`refuses ${JSON.stringify(host)}`, () => {
      expect(isHost(host)).to.equal(false);
    });
  }
});
