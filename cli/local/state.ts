import { readFile, rename, writeFile } from 'node:fs/promises';
import type { LocalPlace } from './place.js';
import { isAlive, type ProcessIdentity } from './process.js';

/** The local server that was started last. */
export interface LocalState extends ProcessIdentity {
  readonly url: string;
}

/** The local server that runs, as far as its process is concerned; undefined when there is none, or it has died. */
export async function runningServer({ state }: LocalPlace): Promise<LocalState | undefined> {
  const found = parse(await readFile(state, 'utf8').catch(() => ''));
  return found && isAlive(found) ? found : undefined;
}

/** The embedded cluster that runs on the local server's data; undefined when there is none. */
export async function runningCluster({ clusterData }: LocalPlace): Promise<ProcessIdentity | undefined> {
  const found = parse(await readFile(`${clusterData}/lock`, 'utf8').catch(() => ''));
  return found && isAlive(found) ? found : undefined;
}

/** Remembers which process the server is, in one step. */
export async function writeState({ state }: LocalPlace, server: LocalState): Promise<void> {
  await writeFile(`${state}.new`, JSON.stringify(server), { mode: 0o600 });
  await rename(`${state}.new`, state);
}

function parse(text: string): LocalState | undefined {
  try {
    const { pid, started, url = '' }: Partial<LocalState> = JSON.parse(text);
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started, url } : undefined;
  } catch {
    // A file that somebody edited counts as none.
    return undefined;
  }
}
