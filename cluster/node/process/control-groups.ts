import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeGroups } from './left-groups.js';

/** What can be limited. */
export type Controller = 'cpu' | 'memory';

/** What a container may use at most, cores and bytes; what is missing has no limit. */
export type Limits = Partial<Record<Controller, number>>;

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

/** Version 1 has a tree for each controller, version 2 one for all. */
interface Version {
  /** What is written for a limit, by file. */
  settings: Record<Controller, (limit: number) => Record<string, number | string>>;
  /** Has a line `oom_kill N`. */
  events: string;
}

/** All of them. */
export const controllers: readonly Controller[] = ['cpu', 'memory'];
const periodMicroseconds = 100_000;
const leastQuota = 1000;
const quotaOf = (cores: number): number => Math.max(leastQuota, Math.round(cores * periodMicroseconds));

const versions: Record<1 | 2, Version> = {
  1: {
    settings: {
      cpu: (cores) => ({ 'cpu.cfs_quota_us': quotaOf(cores) }),
      memory: (bytes) => ({ 'memory.limit_in_bytes': bytes, 'memory.memsw.limit_in_bytes': bytes }),
    },
    events: 'memory.oom_control',
  },
  2: {
    settings: {
      cpu: (cores) => ({ 'cpu.max': `${quotaOf(cores)} ${periodMicroseconds}` }),
      // All of the container ends, not only the process that asked for too much.
      memory: (bytes) => ({ 'memory.max': bytes, 'memory.swap.max': 0, 'memory.oom.group': 1 }),
    },
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
    const own = new Set<string>();
    for (const controller of limitable) {
      const limit = limits[controller];
      if (limit === undefined) continue;
      const directory = join(directories[controller], name);
      own.add(directory);
      await mkdir(directory, { recursive: true });
      for (const [file, value] of Object.entries(settings[controller](limit))) {
        const written = writeFile(join(directory, file), String(value));
        await (optional.has(file) ? written.catch(() => undefined) : written);
      }
    }
    return {
      joinFiles: [...own].map((directory) => join(directory, 'cgroup.procs')),
      ranOutOfMemory: async () => {
        const text = await readFile(join(directories.memory, name, events), 'utf8').catch(() => '');
        return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0;
      },
      remove: () => removeGroups(own),
    };
  };
  return { create, remove: () => removeGroups(new Set(Object.values(directories))) };
}
