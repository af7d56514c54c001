import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeGroups } from './left-groups.js';

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

/** What can be limited. */
export type Controller = 'cpu' | 'memory';

type Settings = readonly (readonly [file: string, value: string])[];

/** Version 1 has a tree for each controller, version 2 one for all. */
interface Version {
  settings: (limits: Limits) => Record<Controller, Settings>;
  /** Has a line `oom_kill N`. */
  events: string;
}

/** All of them. */
export const controllers: readonly Controller[] = ['cpu', 'memory'];
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

/** Control groups in directories that are there, one for each controller; in version 2 they are the same. What is not `limitable` is not limited. */
export function controlGroupsIn(
  version: 1 | 2,
  directories: Record<Controller, string>,
  limitable: readonly Controller[] = controllers,
): ControlGroups {
  const { settings, events } = versions[version];
  const create = async (name: string, limits: Limits): Promise<LimitedGroup> => {
    const files = settings(limits);
    const limited = limitable.filter(
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
  return { create, remove: () => removeGroups(new Set(Object.values(directories))) };
}
