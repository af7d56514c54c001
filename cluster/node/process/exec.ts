import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Isolation } from './launch-script.js';
import { childrenOf } from './proc.js';

/**
 * Runs a program in a running container, as if its first process had started it; resolves with the exit code, undefined when it
 * took too long or could not be started. `pid` is that of the container's process on the host.
 */
export async function execInContainer(
  pid: number,
  isolation: Isolation,
  command: readonly string[],
  timeoutMs: number,
): Promise<number | undefined> {
  const target = isolation === 'none' ? pid : childrenOf(pid)[0];
  if (target === undefined) return undefined;
  const environment = await readFile(`/proc/${target}/environ`, 'utf8').catch(() => '');
  const user = isolation === 'bind' ? ['--user', '--preserve-credentials'] : [];
  const enter = ['nsenter', '--target', String(target), ...user, '--mount', '--pid', '--root', '--wd', '--'];
  const [program = '', ...args] = isolation === 'none' ? command : [...enter, ...command];
  const child = spawn(program, args, {
    env: variables(environment),
    stdio: 'ignore',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', (code) => resolve(code ?? undefined));
  });
}

function variables(environment: string): Record<string, string> {
  const entries = environment.split('\0').filter((entry) => entry.includes('='));
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
