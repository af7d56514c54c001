import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readToken } from '../../../server/token.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.js';

describe('readToken', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const file = (text: string): string => {
    const path = join(folder.path, 'token');
    writeFileSync(path, text);
    return path;
  };

  it('takes the one line of the file', () => {
    expect(readToken(file('0123456789abcdef\n'))).to.equal('0123456789abcdef');
  });

  for (const text of ['', 'short\n', 'two words of a long text\n', 'two-lines-of-text\ntwo-lines-of-text\n']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => readToken(file(text))).to.throw(/holds no token: .*openssl rand/);
    });
  }

  it('says why there is none', () => {
    expect(() => readToken(join(folder.path, 'gone'))).to.throw(/cannot be read: ENOENT.*--token-file/);
  });
});
