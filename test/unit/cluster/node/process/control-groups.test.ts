import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { type ControlGroups, controlGroupsIn } from '../../../../../cluster/node/process/control-groups.js';
import { findControlGroups } from '../../../../../cluster/node/process/find-control-groups.js';

describe('control groups', () => {
  let groups: ControlGroups | undefined;
  before(async function () {
    const report = await findControlGroups(`/nowhere/${process.pid}`);
    if (report.unlimited.length > 0) return this.skip();
    groups = report.groups;
  });

  after(() => groups?.remove());
  const there = (): ControlGroups => groups as ControlGroups;

  it('limit what joins them, and go when they are removed', async () => {
    const group = await there().create('one', { cpu: 0.5, memory: 1 << 26 });
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

  it('go with all that a program has made in them', async () => {
    const group = await there().create('nested', { cpu: 1, memory: 1 << 26 });
    const made = group.joinFiles.map((file) => join(dirname(file), 'made', 'by-program'));
    for (const directory of made) await mkdir(directory, { recursive: true });
    const joins = made.map((directory) => `echo 0 >${directory}/cgroup.procs`);
    const child = spawn('sh', ['-c', `${joins.join(' && ')} && echo in && exec sleep 300`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    await group.remove();
    expect(await ended).to.deep.equal([null, 'SIGKILL']);
    for (const file of group.joinFiles) expect(await stat(dirname(file)).catch(() => 'gone')).to.equal('gone');
  });

  it('limit only what has a limit', async () => {
    const group = await there().create('two', { memory: 1 << 26 });
    expect(group.joinFiles).to.have.length(1);
    await group.remove();
  });
});

// Most machines have one version only: what is written for the other one is seen to on plain files.
describe('control groups of version 2', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'groups-test-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('limit what they can be given only', async () => {
    const groups = controlGroupsIn(2, { cpu: directory, memory: directory }, ['cpu']);
    await groups.create('one', { cpu: 0.5, memory: 1 << 26 });
    expect(await readdir(join(directory, 'one'))).to.deep.equal(['cpu.max']);
    expect((await groups.create('two', { memory: 1 << 26 })).joinFiles).to.deep.equal([]);
  });

  it('have all limits in one directory, and say there that memory ran out', async () => {
    const groups = controlGroupsIn(2, { cpu: directory, memory: directory });
    const group = await groups.create('one', { cpu: 0.5, memory: 1 << 26 });
    const own = join(directory, 'one');
    const files = await Promise.all(
      (await readdir(own)).toSorted().map(async (name) => [name, await readFile(join(own, name), 'utf8')]),
    );
    expect(Object.fromEntries(files)).to.deep.equal({
      'cpu.max': '50000 100000',
      'memory.max': String(1 << 26),
      'memory.oom.group': '1',
      'memory.swap.max': '0',
    });
    expect(group.joinFiles).to.deep.equal([join(own, 'cgroup.procs')]);
    for (const [events, over] of [
      ['low 0\nhigh 0\nmax 12\noom 0\noom_kill 0\noom_group_kill 0\n', false],
      ['low 0\nhigh 0\nmax 12\noom 1\noom_kill 2\noom_group_kill 1\n', true],
    ] as const) {
      await writeFile(join(own, 'memory.events'), events);
      expect(await group.ranOutOfMemory()).to.equal(over);
    }
  });
});
