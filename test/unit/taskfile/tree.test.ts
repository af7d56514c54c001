import { expect } from 'chai';
import { joinPath, quote } from '../../../taskfile/tree.js';

describe('quote', () => {
  it('escapes what could change a terminal', () => {
    expect(quote('a\u001b[31m\u202e\n')).to.equal(String.raw`"a\u001b[31m\u{202e}\n"`);
  });

  it('shortens without cutting a character in half', () => {
    expect(quote('😀'.repeat(60))).to.equal(`"${'😀'.repeat(40)}…"`);
  });
});

describe('joinPath', () => {
  it('quotes keys that are not words', () => {
    expect(joinPath('envs', 'FOO')).to.equal('envs.FOO');
    expect(joinPath('', 'a b')).to.equal('"a b"');
    expect(joinPath('volumes', '/data')).to.equal('volumes./data');
  });
});
