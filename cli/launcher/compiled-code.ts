import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Script } from 'node:vm';

/** What Node compiled of scripts in earlier runs, and in this one. */
export interface CompiledCode {
  /** What is kept under a name; undefined where that is nothing, or not to be trusted. */
  readonly read: (name: string) => Buffer | undefined;
  /** To be kept under a name when this run ends. */
  readonly add: (name: string, script: Script) => void;
  /** Keeps what was added, where that is worth while. Never throws: without it the next run is slower, and that is all. */
  readonly save: () => void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** What is kept is made anew after so long: by then other commands have compiled other functions. */
const REFRESH_MS = DAY_MS;
/** What was not used for so long is of versions that are not here any more. */
const FORGET_MS = 30 * DAY_MS;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Compiled code in $XDG_CACHE_HOME/k8s-cli, or ~/.cache/k8s-cli. Nothing is kept, and nothing read, where NODE_DISABLE_COMPILE_CACHE
 * is set, as for Node's own cache. `now` in milliseconds since 1970.
 */
export function compiledCode(env: NodeJS.ProcessEnv, now: () => number): CompiledCode {
  const folder = env['NODE_DISABLE_COMPILE_CACHE'] ? undefined : cacheFolder(env);
  const fresh = new Set<string>();
  const added = new Map<string, Script>();
  // V8 takes code from no other version of itself; the names keep several versions of Node from overwriting each other's.
  const pathOf = (name: string): string => join(folder ?? '', `${name}-${process.version}-${process.arch}`);
  return {
    read: (name) => {
      if (folder === undefined) return undefined;
      const kept = readOwn(pathOf(name));
      if (kept !== undefined && now() - kept.writtenMs < REFRESH_MS) fresh.add(name);
      return kept?.data;
    },
    add: (name, script) => {
      // What V8 refused is of no use to the next run either.
      if (folder !== undefined && (!fresh.has(name) || script.cachedDataRejected)) added.set(name, script);
    },
    save: () => {
      if (folder === undefined || added.size === 0) return;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        for (const [name, script] of added) write(pathOf(name), script.createCachedData());
        forget(folder, now() - FORGET_MS);
      } catch {
        // A disk that is full, a home that cannot be written to.
      }
    },
  };
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  const named = env['XDG_CACHE_HOME'];
  const base = named !== undefined && isAbsolute(named) ? named : join(env['HOME'] || homedir(), '.cache');
  return join(base, 'k8s-cli');
}

/** Code that somebody else could have put there would run with this user's rights: it counts as missing. */
function readOwn(path: string): { readonly data: Buffer; readonly writtenMs: number } | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { uid, mode, mtimeMs } = fstatSync(file);
    if (uid !== process.geteuid?.() || (mode & WRITABLE_BY_OTHERS) !== 0) return undefined;
    return { data: readFileSync(file), writtenMs: mtimeMs };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** In one step: another run reads all of it or nothing. */
function write(path: string, data: Buffer): void {
  const aside = `${path}.${process.pid}`;
  try {
    writeFileSync(aside, data, { mode: 0o600 });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

function forget(folder: string, beforeMs: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).mtimeMs < beforeMs) rmSync(path);
  }
}
