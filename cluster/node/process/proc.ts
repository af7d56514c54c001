import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** The direct children of a process's main thread; none when the system has no /proc or the process is gone. */
export function childrenOf(pid: number): number[] {
  return (read(pid, `task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number);
}

/**
 * The state of a process (`Z` for one that has ended and waits for its parent), and when it was started, in ticks since boot:
 * with the pid that names a process for good. Undefined when the system has no /proc or the process is gone.
 */
export function statOf(pid: number): { state: string; startTime: string } | undefined {
  const text = read(pid, 'stat');
  // The second field is the program's name in parentheses and may contain anything.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}

/** Whether a process has not ended yet. One of which only its parent has not asked how it ended has. */
export function isRunning(pid: number): boolean {
  return (statOf(pid)?.state ?? 'Z') !== 'Z';
}

/** Whether a process has a handler for SIGTERM; false where the system does not tell. */
export function catchesTerm(pid: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)/m.exec(read(pid, 'status') ?? '')?.[1] ?? '0';
  return (BigInt(`0x${caught}`) & (1n << BigInt(constants.signals.SIGTERM - 1))) !== 0n;
}

/** Sends a signal to a process, or to a group by its negative number, unless it has ended already. */
export function sendSignal(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone.
  }
}
