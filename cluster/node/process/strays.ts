import { readFile, readdir } from 'node:fs/promises';
import { sendSignal } from './proc.js';

/** Variable that says of a process which container it belongs to: of the one that a container was started as, and of its own where nothing else holds it together. */
export const containerVariable = 'K8S_CLI_CONTAINER';

/** What forks faster than it is found is given up after so many rounds. */
const maxRounds = 50;

/**
 * SIGKILL to every process that was started in a container of which `belongs` is true, whatever session or group it has gone to,
 * and to the groups that they lead. Resolves with those that were found. Only processes of the same user are, and not those
 * that were started without the variable.
 */
export async function endStrays(belongs: (container: string) => boolean): Promise<number[]> {
  const killed = new Set<number>();
  for (let round = 0; round < maxRounds; round += 1) {
    const before = killed.size;
    for (const pid of await processesOf(belongs)) {
      sendSignal(-pid, 'SIGKILL');
      sendSignal(pid, 'SIGKILL');
      killed.add(pid);
    }
    // Some may have been started while the others were looked for.
    if (killed.size === before) break;
  }
  return [...killed];
}

/** The processes of this user that say of themselves that they belong to such a container. */
export async function processesOf(belongs: (container: string) => boolean): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const containers = await Promise.all(pids.map((pid) => containerOf(pid)));
  return pids.filter((_, index) => belongs(containers[index] ?? '')).map(Number);
}

async function containerOf(pid: string): Promise<string | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const start = `${containerVariable}=`;
  return environment
    .split('\0')
    .find((entry) => entry.startsWith(start))
    ?.slice(start.length);
}
