import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const logFile = /\.log(\.\d+)?$/;

/** Removes what a pod that is over does not need any more: everything in its directory but the logs. */
export async function dropWorkingFiles(podDirectory: string): Promise<void> {
  const names = await readdir(podDirectory).catch(() => []);
  const rest = names.filter((name) => !logFile.test(name));
  await Promise.allSettled(rest.map((name) => rm(join(podDirectory, name), { recursive: true, force: true })));
}
