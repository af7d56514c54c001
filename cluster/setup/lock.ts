import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

interface Owner {
  pid: number;
  /** When the process was started, in the system's own unit: a pid alone may have been given to another one. */
  started: string;
}

/**
 * Takes the data directory for this process; resolves to what gives it back. Throws an error that names the process
 * when another one has it. The lock of a process that is gone, however it ended, does not count.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock');
  const own = JSON.stringify({ pid: process.pid, started: (await statOf(process.pid))?.started ?? '' });
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(own);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await removeStale(path, directory);
  }
}

async function removeStale(path: string, directory: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const owner = parsed(text);
  if (owner !== undefined && (await isAlive(owner))) {
    throw new Error(
      `the data directory ${directory} is in use by the cluster with process id ${owner.pid}: ` +
        'end that process, or give this one another --data-dir',
    );
  }
  // Two starters may find the same stale lock: whoever moves it away makes sure that it is still the one he read.
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function parsed(text: string): Owner | undefined {
  try {
    const { pid, started } = JSON.parse(text) as Partial<Owner>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, started }: Owner): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await statOf(pid);
  if (now === undefined || started === '') return true;
  // A zombie has ended: only its parent has not asked how.
  return now.state !== 'Z' && now.started === started;
}

/** State and start time, fields 3 and 22 of /proc/PID/stat; undefined where there is no such file. */
async function statOf(pid: number): Promise<{ state: string; started: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The second field is the program's name in parentheses and may contain anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}
