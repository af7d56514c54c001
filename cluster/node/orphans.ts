import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup } from './process/container-process.js';
import { isRunning } from './process/proc.js';
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
  const uids = await readdir(podsDirectory).catch(() => []);
  const files = (await Promise.all(uids.map((uid) => processFiles(join(podsDirectory, uid))))).flat();
  const recorded = await Promise.all(files.map(async (file) => parse(await readFile(file, 'utf8').catch(() => ''))));
  const orphans = recorded.filter(runs);
  // All of them first: the kernel takes its time with each that has namespaces, and does so with many at once.
  for (const { pid } of orphans) killGroup(pid);
  for (const deadline = Date.now() + waitMs; orphans.some(runs) && Date.now() < deadline; ) await delay(20);
  await Promise.all(files.map((file) => rm(file, { force: true })));
  const pods = new Set(uids);
  return orphans.length + (await endStrays((container) => pods.has(container.slice(0, container.indexOf('/')))));
}

async function processFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => name.endsWith(suffix)).map((name) => join(directory, name));
}

/** A process as it was written down. */
interface Recorded {
  readonly pid: number;
  readonly startTime: string;
}

function runs({ pid, startTime }: Recorded): boolean {
  return pid > 1 && startTime !== '' && isRunning(pid, startTime);
}

function parse(text: string): Recorded {
  try {
    const { pid, startTime } = JSON.parse(text);
    return { pid: Number(pid), startTime: String(startTime ?? '') };
  } catch {
    // Cut off by the crash: the process is then ended by the kernel's parent-death signal alone.
    return { pid: -1, startTime: '' };
  }
}
