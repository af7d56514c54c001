import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** The direct children of a process's main thread; none when the system has no /proc or the process is gone. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** When a process was started, in ticks since boot: with the pid it names a process for good. */
export function startTimeOf(pid: number): string | undefined {
  try {
    return statOf(pid)[19];
  } catch {
    return undefined;
  }
}

/** Whether this very process has not ended yet. One of which only its parent has not asked how it ended has. */
export function isRunning(pid: number, startTime: string): boolean {
  try {
    const fields = statOf(pid);
    return fields[0] !== 'Z' && fields[19] === startTime;
  } catch {
    return false;
  }
}

/** What the system tells of a process, from its state on. Throws when there is none. */
function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The field before is the program's name in parentheses and may contain anything.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Whether a process has a handler for SIGTERM; false where the system does not tell. */
export function catchesTerm(pid: number): boolean {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return false;
  }
  const caught = /^SigCgt:\s*([0-9a-f]+)/m.exec(text)?.[1] ?? '0';
  return (BigInt(`0x${caught}`) & (1n << BigInt(constants.signals.SIGTERM - 1))) !== 0n;
}
