/** Python with packages of pinned versions, kept between runs. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The python3 of an environment that has what this requirements file names; it is made when there is none yet. Undefined where
 * this machine has no Python 3.10 or later.
 */
export function pythonWith(requirements: string): string | undefined {
  const probe = spawnSync('python3', ['-c', 'import sys; print(sys.version_info >= (3, 10), sys.version)'], {
    encoding: 'utf8',
  });
  if (probe.status !== 0 || !probe.stdout.startsWith('True')) return undefined;
  const key = createHash('sha256').update(probe.stdout).update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'k8s-cli');
  const environment = join(cache, `python-${key}`);
  if (!existsSync(environment)) make(environment, requirements);
  return join(environment, 'bin/python3');
}

/** Made aside and then moved: there is a whole one or none, also when two are made at once. */
function make(environment: string, requirements: string): void {
  const aside = `${environment}.${process.pid}`;
  const run = (program: string, ...args: string[]): void => {
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  run('python3', '-m', 'venv', aside);
  run(join(aside, 'bin/python3'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements);
  try {
    renameSync(aside, environment);
  } catch {
    rmSync(aside, { recursive: true }); // another one was faster
  }
}
