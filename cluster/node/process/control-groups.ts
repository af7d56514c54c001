import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { groupName, removeGroups, removeLeftGroups } from './left-groups.js';

/** What a container may use at most; undefined is no limit. */
export interface Limits {
  /** Cores. */
  cpu?: number;
  memoryBytes?: number;
}

/** The control groups of one container. */
export interface LimitedGroup {
  /** Files into which a process writes 0 to be limited, and all that it starts. */
  joinFiles: readonly string[];
  /** Whether the kernel has ended a process because there was no memory left for it. */
  ranOutOfMemory(): Promise<boolean>;
  /** Ends what still runs in them, and removes them. */
  remove(): Promise<void>;
}

/** The part of the machine's control groups in which this cluster has its own. */
export interface ControlGroups {
  create(name: string, limits: Limits): Promise<LimitedGroup>;
  /** Removes what all of them were in. */
  remove(): Promise<void>;
}

/** Either of them. */
export type LimitReport = { groups: ControlGroups } | { problem: string };

type Controller = 'cpu' | 'memory';
type Settings = readonly (readonly [file: string, value: string])[];

/** Version 1 has a tree for each controller, version 2 one for all. */
interface Version {
  settings: (limits: Limits) => Record<Controller, Settings>;
  /** Has a line `oom_kill N`. */
  events: string;
}

const periodMicroseconds = 100_000;
const leastQuota = 1000;
const quotaOf = (cpu = 0): number => Math.max(leastQuota, Math.round(cpu * periodMicroseconds));

const versions: Record<1 | 2, Version> = {
  1: {
    settings: ({ cpu, memoryBytes }) => ({
      cpu: [['cpu.cfs_quota_us', String(quotaOf(cpu))]],
      memory: [
        ['memory.limit_in_bytes', String(memoryBytes)],
        ['memory.memsw.limit_in_bytes', String(memoryBytes)],
      ],
    }),
    events: 'memory.oom_control',
  },
  2: {
    settings: ({ cpu, memoryBytes }) => ({
      cpu: [['cpu.max', `${quotaOf(cpu)} ${periodMicroseconds}`]],
      memory: [
        ['memory.max', String(memoryBytes)],
        ['memory.swap.max', '0'],
        // All of the container ends, not only the process that asked for too much.
        ['memory.oom.group', '1'],
      ],
    }),
    events: 'memory.events',
  },
};
/** Not every kernel has them. */
const optional = new Set(['memory.memsw.limit_in_bytes', 'memory.swap.max', 'memory.oom.group']);

/** Finds where this process may make control groups for cpu and memory, by making one; removes what killed clusters have left there. */
export async function findControlGroups(dataDir: string): Promise<LimitReport> {
  if (process.platform !== 'linux') return { problem: 'control groups exist on Linux only' };
  const own = groupName(dataDir);
  let problem = 'no control groups are mounted';
  for (const { version, places } of await candidates()) {
    const directories = { cpu: join(places.cpu, own), memory: join(places.memory, own) };
    try {
      for (const place of unique(places)) await removeLeftGroups(place, dataDir);
      await prepare(version, directories);
      const groups = controlGroupsIn(version, directories);
      await (await groups.create('trial', { cpu: 1, memoryBytes: 1 << 24 })).remove();
      return { groups };
    } catch (error) {
      problem = (error as Error).message;
      await removeGroups(unique(directories));
    }
  }
  return { problem };
}

/** Control groups in directories that are there, one for each controller; in version 2 they are the same. */
export function controlGroupsIn(version: 1 | 2, directories: Record<Controller, string>): ControlGroups {
  const { settings, events } = versions[version];
  const create = async (name: string, limits: Limits): Promise<LimitedGroup> => {
    const files = settings(limits);
    const limited = (['cpu', 'memory'] as const).filter(
      (controller) => (controller === 'cpu' ? limits.cpu : limits.memoryBytes) !== undefined,
    );
    const directoryOf = (controller: Controller): string => join(directories[controller], name);
    const own = [...new Set(limited.map(directoryOf))];
    for (const directory of own) await mkdir(directory, { recursive: true });
    for (const controller of limited) {
      for (const [file, value] of files[controller]) {
        const written = writeFile(join(directoryOf(controller), file), value);
        await (optional.has(file) ? written.catch(() => undefined) : written);
      }
    }
    return {
      joinFiles: own.map((directory) => join(directory, 'cgroup.procs')),
      ranOutOfMemory: async () => {
        const text = await readFile(join(directoryOf('memory'), events), 'utf8').catch(() => '');
        return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0;
      },
      remove: () => removeGroups(own),
    };
  };
  return { create, remove: () => removeGroups(unique(directories)) };
}

async function prepare(version: 1 | 2, directories: Record<Controller, string>): Promise<void> {
  for (const directory of unique(directories)) await mkdir(directory, { recursive: true });
  if (version === 2) await writeFile(join(directories.memory, 'cgroup.subtree_control'), '+cpu +memory');
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
