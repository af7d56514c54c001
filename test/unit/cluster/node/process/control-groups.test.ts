import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { type ControlGroups, findControlGroups } from '../../../../../cluster/node/process/control-groups.js';

describe('control groups', () => {
  let groups: ControlGroups | undefined;
  before(async function () {
    const report = await findControlGroups(`/nowhere/${process.pid}`);
    if ('problem' in report) return this.skip();
    groups = report.groups;
  });

  after(() => groups?.remove());
  const there = (): ControlGroups => groups as ControlGroups;

  it('limit what joins them, and go when they are removed', async () => {
    const group = await there().create('one', { cpu: 0.5, memoryBytes: 1 << 26 });
    const directories = group.joinFiles.map((file) => dirname(file));
    const read = (file: string) =>
      Promise.any(directories.map((directory) => readFile(join(directory, file), 'utf8'))).catch(() => '');
    expect((await read('cpu.cfs_quota_us')) + (await read('cpu.max'))).to.match(/^50000( 100000)?\n$/);
    expect((await read('memory.limit_in_bytes')) + (await read('memory.max'))).to.equal(`${1 << 26}\n`);
    const joins = group.joinFiles.map((file) => `echo 0 >${file}`).join(' && ');
    const child = spawn('sh', ['-c', `${joins} && echo in && read line`], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    for (const file of group.joinFiles) expect((await readFile(file, 'utf8')).trim()).to.equal(String(child.pid));
    child.stdin.end();
    await once(child, 'close');
    expect(await group.ranOutOfMemory()).to.equal(false);
    await group.remove();
    for (const directory of directories) expect(await stat(directory).catch(() => 'gone')).to.equal('gone');
  });

  it('limit only what has a limit', async () => {
    const group = await there().create('two', { memoryBytes: 1 << 26 });
    expect(group.joinFiles).to.have.length(1);
    await group.remove();
  });
});
