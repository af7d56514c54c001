import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startContainer } from './container-process.js';
import type { Isolation } from './launch-script.js';

/** What this machine can do, and why it cannot do better. */
export interface IsolationReport {
  isolation: Isolation;
  /** For each better one, what went wrong when it was tried. */
  reasons: string[];
}

const probeTimeoutMs = 30_000;

/** Finds the best isolation by starting a trivial container in each, in a directory of its own below `dataDir`. */
export async function detectIsolation(dataDir: string): Promise<IsolationReport> {
  const reasons: string[] = [];
  if (process.platform !== 'linux') return { isolation: 'none', reasons: ['namespaces exist on Linux only'] };
  const candidates: Isolation[] = process.getuid?.() === 0 ? ['overlay', 'overlay-memory'] : ['bind'];
  for (const isolation of candidates) {
    const problem = await probe(dataDir, isolation);
    if (problem === undefined) return { isolation, reasons };
    reasons.push(`${isolation}: ${problem}`);
  }
  return { isolation: 'none', reasons };
}

async function probe(dataDir: string, isolation: Isolation): Promise<string | undefined> {
  const directory = await mkdtemp(join(dataDir, 'probe-'));
  try {
    const source = join(directory, 'file');
    await writeFile(source, '');
    const target = '/k8s-cli-probe/file';
    const running = await startContainer({
      isolation,
      container: 'probe/probe',
      directory,
      hidden: dataDir,
      hostname: 'probe',
      mounts: [{ source, target, file: true }],
      joinFiles: [],
      workingDirectory: '/',
      environment: new Map([['PATH', '/usr/bin:/bin']]),
      command: ['sh', '-c', `test -f ${target} && test $$ = 1`],
    });
    running.stdout.resume();
    running.stderr.resume();
    const timer = setTimeout(() => running.kill(), probeTimeoutMs);
    try {
      await running.started;
      const { exitCode } = await running.exited;
      return exitCode === 0 ? undefined : `the trial container ended with exit code ${exitCode}`;
    } finally {
      clearTimeout(timer);
      await running.exited;
    }
  } catch (error) {
    return (error as Error).message;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
