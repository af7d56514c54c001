import { expect } from 'chai';
import { parseTarget } from '../../../../bridge/http/target.js';

describe('parseTarget', () => {
  for (const [target, host, path, query] of [
    ['/a/b?c=d?e', '', '/a/b', 'c=d?e'],
    ['//h/a', '', '//h/a', ''],
    ['http://h:80/a', 'h:80', '/a', ''],
    ['https://user:word@h/a@b?c', 'h', '/a@b', 'c'],
    ['http://h?c', 'h', '', 'c'],
    ['http://a@b@h/', 'h', '/', ''],
    ['http:/a', '', '/a', ''],
    ['mailto:a?b', '', '', 'b'],
    ['ftp://h:1:2/', 'h:1:2', '/', ''],
    ['*', '', '*', ''],
    ['/a#b', '', '/a#b', ''],
    ['/a\u00c3?\u00c3', '', '/a%c3', '\u00c3'],
  ] as const) {
    it(`splits ${JSON.stringify(target)}`, () => {
      expect(parseTarget(target)).to.deep.equal({ host, path, query });
    });
  }

  for (const target of [
    '',
    'a/b',
    '?a',
    '*?a',
    ':x',
    '1x://h/',
    '/a b\u0001',
    '/%zz',
    '/%2',
    'http://a b@h/',
    'http://a"@h/',
  ]) {
    it(`refuses ${JSON.stringify(target)}`, () => {
      expect(parseTarget(target)).to.equal(undefined);
    });
  }

  for (const [target, host, path] of [
    ['h:80', 'h:80', ''],
    ['', '', ''],
    ['*', '*', ''],
    ['/a', '', '/a'],
    ['http://h/a', 'http:', '//h/a'],
  ] as const) {
    it(`takes ${JSON.stringify(target)} behind CONNECT for a host`, () => {
      expect(parseTarget(target, 'CONNECT')).to.deep.equal({ host, path, query: '' });
    });
  }

  for (const host of ['', 'h', 'h:80', 'h:', 'a_b.c~', '[::1]', '[::1]:80', '[fe80::1%25en0]', '%C3%A4', '<h>']) {
    it(`takes the host ${JSON.stringify(host)}`, () => {
      expect(parseTarget(`http://${host}/`)?.path).to.equal('/');
    });
  }

  for (const host of ['h:x', 'h:1:2', '[::1', '[x]', 'x[::1]', '[1.2.3.4]', '[::1]x', 'a%41', 'a%zz', 'a{b']) {
    it(`refuses the host ${JSON.stringify(host)}`, () => {
      expect(parseTarget(`http://${host}/`)).to.equal(undefined);
    });
  }
});
