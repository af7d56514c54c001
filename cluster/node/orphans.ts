import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup } from './process/container-process.js';
import { startTimeOf } from './process/proc.js';
import { endStrays } from './process/strays.js';

const suffix = '.pid';
const waitMs = 5000;

/** The file that says which process a pod's container was started as. */
export function processFile(podDirectory: string, container: string): string {
  return join(podDirectory, `${container}${suffix}`);
}

/** Writes down a container's process, so that it is found again when this program dies. */
export async function recordProcess(file: string, pid: number, startTime: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify({ pid, startTime }), { mode: 0o600 });
}

/** Ends the processes that an earlier run of the node has left; resolves with how many it knew of, when they are gone (or cannot be ended). */
export async function endOrphans(podsDirectory: string): Promise<number> {
  let found = 0;
  const uids = await readdir(podsDirectory).catch(() => []);
  for (const uid of uids) {
    const directory = join(podsDirectory, uid);
    for (const name of await readdir(directory).catch(() => [])) {
      if (!name.endsWith(suffix)) continue;
      const file = join(directory, name);
      if (await endRecorded(file)) found += 1;
      await rm(file, { force: true });
    }
  }
  const pods = new Set(uids);
  return found + (await endStrays((container) => pods.has(container.slice(0, container.indexOf('/')))));
}

async function endRecorded(file: string): Promise<boolean> {
  const { pid, startTime } = parse(await readFile(file, 'utf8').catch(() => ''));
  const runs = (): boolean => pid > 1 && startTime !== '' && startTimeOf(pid) === startTime;
  if (!runs()) return false;
  killGroup(pid);
  for (const deadline = Date.now() + waitMs; runs() && Date.now() < deadline; ) await delay(20);
  return true;
}

function parse(text: string): { pid: number; startTime: string } {
  try {
    const { pid, startTime } = JSON.parse(text);
    return { pid: Number(pid), startTime: String(startTime ?? '') };
  } catch {
    // Cut off by the crash: the process is then ended by the kernel's parent-death signal alone.
    return { pid: -1, startTime: '' };
  }
}
