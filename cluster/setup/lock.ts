import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { statOf } from '../node/process/proc.js';
import { writePrivate } from './private-file.js';

interface Owner {
  pid: number;
  /** When the process was started, in the system's own unit: a pid alone may have been given to another one. */
  started: string;
}

/** Who meets another starter lets a random part of this time pass before the next attempt. */
const backOffMs = 60;

/**
 * Takes the data directory for this process; resolves to what gives it back. Throws an error that names the process
 * when another one has it. The lock of a process that is gone, however it ended, does not count.
 *
 * Each starter puts up a candidacy of its own and then looks for others: of two, at least the later one sees the other and
 * withdraws. Who is alone makes its candidacy the lock. Nobody ever moves what belongs to a living process.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock');
  const own = JSON.stringify({ pid: process.pid, started: statOf(process.pid)?.startTime ?? '' });
  for (;;) {
    const name = `lock.${randomUUID()}`;
    const candidacy = join(directory, name);
    // All at once: nobody may read a half of it and take it for the rest of a crash.
    await writePrivate(candidacy, own);
    try {
      const alone = await isAlone(directory, name);
      // In this order: a candidacy that becomes the lock meanwhile is seen as the one or as the other.
      const owner = await livingOwner(path);
      if (owner !== undefined) {
        throw new Error(
          `the data directory ${directory} is in use by the cluster with process id ${owner.pid}: ` +
            'end that process, or give this one another --data-dir',
        );
      }
      if (alone) {
        await rename(candidacy, path);
        return () => rm(path, { force: true });
      }
    } finally {
      await rm(candidacy, { force: true });
    }
    await sleep(Math.random() * backOffMs);
  }
}

/** Whether there is no other living candidate. Removes what dead ones left. */
async function isAlone(directory: string, own: string): Promise<boolean> {
  let alone = true;
  for (const name of await readdir(directory)) {
    if (!/^lock\.[-0-9a-f]{36}$/.test(name) || name === own) continue;
    const other = join(directory, name);
    if ((await livingOwner(other)) !== undefined) alone = false;
    else await rm(other, { force: true });
  }
  return alone;
}

/** The living process that a lock or a candidacy belongs to; undefined when there is none. */
async function livingOwner(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const owner = parsed(text);
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

function parsed(text: string): Owner | undefined {
  try {
    const { pid, started } = JSON.parse(text) as Partial<Owner>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = statOf(pid);
  if (now === undefined || started === '') return true;
  // A zombie has ended: only its parent has not asked how.
  return now.state !== 'Z' && now.startTime === started;
}
