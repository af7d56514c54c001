import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createTail } from '../../../../cli/local/tail.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.js';

describe('createTail', () => {
  let folder: TemporaryFolder;

  beforeEach(() => {
    folder = createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  it('reads what is appended, with the end of a file that was renamed and all of its successor', async () => {
    const path = join(folder.path, 'log');
    const tail = createTail(path);
    const more = async (): Promise<string> => {
      const pieces: Buffer[] = [];
      for await (const piece of tail.more()) pieces.push(piece);
      return Buffer.concat(pieces).toString();
    };
    expect(await more()).to.equal('');
    writeFileSync(path, 'one\n');
    expect(await more()).to.equal('one\n');
    expect(await more()).to.equal('');
    const large = 'x'.repeat(200_000);
    appendFileSync(path, large);
    expect(await more()).to.equal(large);
    appendFileSync(path, 'two\n');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'three\n');
    expect(await more()).to.equal('two\nthree\n');
    await tail.close();
  });
});
