import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from '../../../../cluster/setup/lock.js';

describe('the lock of a data directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lock-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const refusal = () =>
    lockDirectory(directory).then(
      () => undefined,
      (error: Error) => error.message,
    );

  it('keeps a second one out and names the first', async () => {
    await lockDirectory(directory);
    expect(await refusal())
      .to.include(`process id ${process.pid}`)
      .and.to.include('--data-dir');
  });

  it('can be given back', async () => {
    await (await lockDirectory(directory))();
    await (await lockDirectory(directory))();
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('does not count when its process was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: child.pid, started: '' }));
    expect(await refusal()).to.include(`process id ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await lockDirectory(directory);
  });

  it('does not count when its process id belongs to another process now', async () => {
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: process.pid, started: '1' }));
    await lockDirectory(directory);
    expect(JSON.parse(await readFile(join(directory, 'lock'), 'utf8')).started).to.not.equal('1');
  });

  it('does not count when it was torn by a crash', async () => {
    await writeFile(join(directory, 'lock'), '{"pid":');
    await lockDirectory(directory);
  });

  it('goes to one of many who find it stale at the same time', async () => {
    await writeFile(join(directory, 'lock'), '{"pid":');
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(directory)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).to.equal(1);
  });
});
