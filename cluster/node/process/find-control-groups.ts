import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type ControlGroups, type Controller, controlGroupsIn, controllers } from './control-groups.js';
import { quote } from './launch-script.js';
import { groupName, removeGroups, removeLeftGroups } from './left-groups.js';

/** What of cpu and memory is limited, and how. */
export interface LimitReport {
  /** Undefined where nothing is. */
  groups?: ControlGroups;
  /** What is not, and why; empty where everything is. */
  unlimited: readonly Controller[];
  problem: string;
}

/** Better one of them than none. */
const attempts: readonly (readonly Controller[])[] = [controllers, ['memory'], ['cpu']];

/**
 * Finds where this process may make control groups for cpu and memory, else for one of them, by making and joining one; removes what
 * killed clusters have left there.
 */
export async function findControlGroups(dataDir: string): Promise<LimitReport> {
  if (process.platform !== 'linux') return { unlimited: controllers, problem: 'control groups exist on Linux only' };
  const own = groupName(dataDir);
  const found = await candidates();
  let problem = '';
  for (const limited of attempts) {
    for (const { version, places } of found) {
      const directories = { cpu: join(places.cpu, own), memory: join(places.memory, own) };
      try {
        for (const place of unique(places)) await removeLeftGroups(place, dataDir);
        for (const directory of unique(directories)) await mkdir(directory, { recursive: true });
        if (version === 2) await giveControllers(places.memory, own, limited);
        const groups = controlGroupsIn(version, directories, limited);
        await tryOut(groups);
        return { groups, unlimited: controllers.filter((each) => !limited.includes(each)), problem };
      } catch (error) {
        problem ||= inWords(error as NodeJS.ErrnoException, version);
        await removeGroups(unique(directories));
      }
    }
  }
  return { unlimited: controllers, problem: problem || 'no control groups are mounted' };
}

/** In version 2 a group can limit what the group above it gives it. */
async function giveControllers(place: string, own: string, wanted: readonly Controller[]): Promise<void> {
  const given = wanted.map((controller) => `+${controller}`).join(' ');
  // Where there is nobody else to do so; mostly it is given already.
  await writeFile(join(place, 'cgroup.subtree_control'), given).catch(() => undefined);
  const group = join(place, own);
  const got = (await readFile(join(group, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  const missing = wanted.filter((controller) => !got.includes(controller));
  if (missing.length > 0) throw new Error(`the control group ${place} has no ${missing.join(' and no ')} to give`);
  await writeFile(join(group, 'cgroup.subtree_control'), given);
}

async function tryOut(groups: ControlGroups): Promise<void> {
  const trial = await groups.create('trial', { cpu: 1, memory: 1 << 24 });
  try {
    const joins = trial.joinFiles.map((file) => `echo 0 >${quote(file)}`);
    await promisify(execFile)('/bin/sh', ['-c', joins.join(' && ')]).catch(() => {
      throw new Error(`no process may join by ${trial.joinFiles.join(' and ')}`);
    });
  } finally {
    await trial.remove();
  }
}

function inWords({ code, message }: NodeJS.ErrnoException, version: 1 | 2): string {
  if (code !== 'EACCES') return message;
  const fix =
    version === 2
      ? '; where systemd gives you some, "systemd-run --user --scope COMMAND" starts the cluster in them'
      : '';
  return `this user may not make control groups (${message})${fix}`;
}

/** Places that may do, the nearest first. In version 2 a group with processes cannot have limited groups in it. */
async function candidates(): Promise<{ version: 1 | 2; places: Record<Controller, string> }[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const groups = (await readFile('/proc/self/cgroup', 'utf8')).split('\n').map((line) => line.split(':'));
  const mountOf = (type: string, controller?: Controller): string | undefined =>
    mounts.find(([, , is, options]) => is === type && (!controller || options?.split(',').includes(controller)))?.[1];
  const groupOf = (controller?: Controller): string =>
    groups.find(([, names]) => (controller ? names?.split(',').includes(controller) : names === ''))?.[2] ?? '/';
  const found: Awaited<ReturnType<typeof candidates>> = [];
  const cpu = mountOf('cgroup', 'cpu');
  const memory = mountOf('cgroup', 'memory');
  if (cpu !== undefined && memory !== undefined) {
    const places = { cpu: join(cpu, groupOf('cpu')), memory: join(memory, groupOf('memory')) };
    // In a container one's own group may be called by a name that is not to be seen there.
    found.push({ version: 1, places }, { version: 1, places: { cpu, memory } });
  }
  const unified = mountOf('cgroup2');
  if (unified === undefined) return found;
  for (let path = groupOf(); ; path = dirname(path)) {
    if (path === '/' || path !== groupOf()) {
      const place = join(unified, path);
      found.push({ version: 2, places: { cpu: place, memory: place } });
    }
    if (path === '/') return found;
  }
}

function unique(directories: Record<Controller, string>): Set<string> {
  return new Set(Object.values(directories));
}
