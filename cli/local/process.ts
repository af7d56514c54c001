import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process, told from a later one that was given the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the system's own unit; empty where that cannot be found out. */
  readonly started: string;
}

const LOOK_EVERY_MS = 50;

/** The process that has this id now; undefined when there is none, or only its remains. */
export function processOf(pid: number): ProcessIdentity | undefined {
  // Of a start that failed; the system takes it for all processes of the user.
  if (pid < 1) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one too.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined;
  }
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return { pid, started: '' };
  }
  // The second field is the program's name in parentheses and may contain anything. Fields 3 and 22: state, start time.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : { pid, started: fields[19] ?? '' };
}

/** Whether this very process runs. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  const now = processOf(pid);
  return now !== undefined && (started === '' || now.started === '' || now.started === started);
}

/** Asks a process to end, and ends it when it has not after `graceMs`. Resolves when it is gone. */
export async function endProcess(one: ProcessIdentity, graceMs: number, signal: AbortSignal): Promise<void> {
  const send = (name: NodeJS.Signals): void => {
    try {
      if (isAlive(one)) process.kill(one.pid, name);
    } catch {
      // It has just ended by itself.
    }
  };
  send('SIGTERM');
  const killAtMs = performance.now() + graceMs;
  for (let killed = false; isAlive(one); ) {
    if (!killed && performance.now() > killAtMs) {
      send('SIGKILL');
      killed = true;
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
