import { createHash } from 'node:crypto';
import { readFile, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sendSignal, statOf } from './proc.js';

const maxRemovals = 100;
const removeAgainMs = 20;
const busyCodes = new Set(['EBUSY', 'ENOTEMPTY']);
/** `k8s-cli-DIRECTORY.PID.START`: of which data directory, and of which process. */
const namePattern = /^k8s-cli-([0-9a-f]{12})\.(\d+)\.(\d+)$/;

/** The name of the group that this process has its own in. */
export function groupName(dataDir: string): string {
  return `k8s-cli-${digestOf(dataDir)}.${process.pid}.${statOf(process.pid)?.startTime ?? '0'}`;
}

/**
 * Removes from a directory of control groups what clusters have left that were killed: all that an earlier run with the same data
 * directory had, with whatever still runs in it, and of others whose process is gone what is empty.
 */
export async function removeLeftGroups(place: string, dataDir: string): Promise<void> {
  const own = groupName(dataDir);
  for (const name of await readdir(place).catch(() => [])) {
    const [, digest, pid, started] = namePattern.exec(name) ?? [];
    if (digest === undefined || name === own) continue;
    const group = join(place, name);
    if (digest === digestOf(dataDir)) await removeGroups([group]);
    else if (statOf(Number(pid))?.startTime !== started) await removeEmpty(group);
  }
}

/** Ends what still runs in control groups, and removes them. Programs end a little later than they are told to. */
export async function removeGroups(groups: Iterable<string>): Promise<void> {
  for (const group of groups) {
    for (let attempt = 0; attempt < maxRemovals; attempt += 1) {
      const busy = await rmdir(group).then(
        () => false,
        ({ code = '' }: NodeJS.ErrnoException) => busyCodes.has(code),
      );
      if (!busy) break;
      const processes = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const pid of processes.split('\n').map(Number).filter(Boolean)) sendSignal(pid, 'SIGKILL');
      // A program may have made groups in its own.
      await Promise.all((await groupsIn(group)).map((inner) => removeGroups([inner])));
      await delay(removeAgainMs);
    }
  }
}

/** The kernel refuses what has a process or a group in it. */
async function removeEmpty(group: string): Promise<void> {
  const remove = (path: string): Promise<void> => rmdir(path).catch(() => undefined);
  await Promise.all((await groupsIn(group)).map(remove));
  await remove(group);
}

async function groupsIn(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name));
}

function digestOf(dataDir: string): string {
  return createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
}
