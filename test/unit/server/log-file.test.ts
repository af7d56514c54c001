import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLogFile } from '../../../server/log-file.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.js';

describe('openLogFile', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  it('appends, also to what is there already, for the owner only', () => {
    const path = join(folder.path, 'log');
    openLogFile(path)('one\n');
    openLogFile(path)('two\n');
    expect(readFileSync(path, 'utf8')).to.equal('one\ntwo\n');
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('keeps no more than two files of a mebibyte', () => {
    const path = join(folder.path, 'log');
    const write = openLogFile(path);
    const line = `${'x'.repeat(100_000)}\n`;
    for (let at = 0; at < 40; at += 1) write(line);
    const sizes = [path, `${path}.1`].map((name) => statSync(name).size);
    expect(Math.max(...sizes)).to.be.at.most(1024 * 1024 + line.length);
    expect(sizes[1]).to.be.greaterThan(1024 * 1024);
  });

  it('goes on where it cannot write', () => {
    expect(() => openLogFile(join(folder.path, 'no', 'log'))('lost\n')).not.to.throw();
  });
});
