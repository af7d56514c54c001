import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Journal } from '../../../../cluster/store/journal.js';
import { Store } from '../../../../cluster/store/store.js';

describe('Journal', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'journal-'));
    path = join(directory, 'j.jsonl');
  });
  afterEach(() => rm(directory, { recursive: true }));

  const linesOf = async (): Promise<unknown[]> => {
    const lines: unknown[] = [];
    await (await Journal.open(path, (line) => lines.push(line))).close();
    return lines;
  };

  it('keeps what is appended while it is rewritten', async () => {
    const journal = await Journal.open(path, () => undefined);
    for (const line of ['1', '2']) journal.append(line);
    const rewriting = journal.rewrite(['"snapshot"']);
    journal.append('3');
    await rewriting;
    journal.append('4');
    await journal.close();
    expect(await linesOf()).to.deep.equal(['snapshot', 3, 4]);
  });

  it('has nothing of an append that has failed', async () => {
    const journal = await Journal.open(path, () => undefined);
    journal.append('1');
    const { writeSync } = fs;
    let calls = 0;
    // The first half of the line reaches the disk, then the disk is full.
    const half = (fd: number, buffer: Buffer, offset: number, length: number, position: number): number => {
      calls += 1;
      if (calls > 1) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      return writeSync(fd, buffer, offset, Math.floor(length / 2), position);
    };
    try {
      Object.assign(fs, { writeSync: half });
      syncBuiltinESMExports();
      expect(() => journal.append('"a line that does not fit"')).to.throw('ENOSPC');
    } finally {
      Object.assign(fs, { writeSync });
      syncBuiltinESMExports();
    }
    expect((await stat(path)).size).to.equal(2);
    journal.append('2');
    await journal.close();
    expect(await linesOf()).to.deep.equal([1, 2]);
  });

  it('is left as it was by a rewrite that fails', async () => {
    const journal = await Journal.open(path, () => undefined);
    journal.append('1');
    const failing = (function* lines() {
      yield '"x"';
      throw new Error('expected by this test');
    })();
    const message = await journal.rewrite(failing).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).to.equal('expected by this test');
    journal.append('2');
    await journal.close();
    expect(await readFile(path, 'utf8')).to.equal('1\n2\n');
  });

  it('takes no harm from a new line inside of a string, or from text of many bytes', async () => {
    const journal = await Journal.open(path, () => undefined);
    const texts = ['a\nb\u2028c', 'ü'.repeat(100_000), '任务'];
    for (const text of texts) journal.append(JSON.stringify(text));
    await journal.close();
    expect(await linesOf()).to.deep.equal(texts);
  });

  describe('when the process is killed', () => {
    const writer = fileURLToPath(new URL('journal-writer.ts', import.meta.url));

    it('has every write that was acknowledged', async () => {
      for (let round = 0; round < 5; round += 1) {
        const child = spawn(process.execPath, ['--import', 'tsx', writer, directory, String(round)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const acknowledged: string[] = [];
        const ended = once(child, 'exit');
        for await (const name of createInterface({ input: child.stdout })) {
          acknowledged.push(name);
          if (acknowledged.length === 200 + round * 37) child.kill('SIGKILL');
        }
        await ended;
        const store = await Store.open(directory);
        const missing = acknowledged.filter((name) => store.get('configmaps', 'default', name) === undefined);
        expect(missing).to.deep.equal([]);
        expect(store.revision).to.be.at.least(acknowledged.length);
        await store.close();
      }
    });
  });
});
