import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { groupName, removeLeftGroups } from '../../../../../cluster/node/process/left-groups.js';
import { statOf } from '../../../../../cluster/node/process/proc.js';

// Directories do for control groups here: neither can be removed while something is in it.
describe('removeLeftGroups', () => {
  let place: string;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'groups-test-'));
  });
  afterEach(() => rm(place, { recursive: true, force: true }));

  it('removes what is empty of clusters that are gone, and leaves those that run', async () => {
    const running = `k8s-cli-aaaaaaaaaaaa.${process.pid}.${statOf(process.pid)?.startTime}`;
    const again = `k8s-cli-bbbbbbbbbbbb.${process.pid}.1`;
    const gone = 'k8s-cli-cccccccccccc.4194305.77';
    const busy = 'k8s-cli-dddddddddddd.4194305.77';
    for (const name of [running, again, `${gone}/pod.main.0`, busy, 'k8s-cli-eeeeeeeeeeee', 'other']) {
      await mkdir(join(place, name), { recursive: true });
    }
    await writeFile(join(place, busy, 'process'), '');
    await removeLeftGroups(place, '/data');
    expect((await readdir(place)).toSorted()).to.deep.equal(
      [running, busy, 'k8s-cli-eeeeeeeeeeee', 'other'].toSorted(),
    );
  });

  it('removes all of an earlier run with the same data directory, but nothing of this one', async () => {
    const own = groupName('/data');
    const before = own.replace(/\.\d+\.\d+$/, '.1.1');
    for (const name of [`${own}/trial`, `${before}/pod.main.0/made/by-program`])
      await mkdir(join(place, name), { recursive: true });
    await removeLeftGroups(place, '/data');
    expect(await readdir(place)).to.deep.equal([own]);
  });
});
