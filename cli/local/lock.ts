import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../errors.js';

const RETRY_MS = 100;
/** Longer than a start may take. */
const PATIENCE_MS = 120_000;

/**
 * Does some work on the local server of a folder while nobody else does any on it. The lock is a socket of Linux' abstract namespace, which has no
 * file that could be left behind: the kernel takes it away with its process, however that ends. Throws a CliError when somebody
 * else holds it for too long.
 */
export async function alone<T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const name = `k8s-cli-local-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const held = createServer();
    held.listen(`\0${name}`);
    try {
      await once(held, 'listening', { signal });
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken) throw error;
      if (performance.now() > deadlineMs) {
        throw new CliError('another k8s-cli has been starting or stopping the local server for two minutes; try again');
      }
      await delay(RETRY_MS, undefined, { signal });
      continue;
    }
    try {
      return await work();
    } finally {
      held.close();
    }
  }
}
