import { Timer } from '../timer.js';
import type { ContainerRun } from './container-run.js';

/** A startup probe, with its defaults. */
export interface StartupProbe {
  readonly exec: { readonly command: readonly string[] };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** Probes until it succeeds (true), has failed as often as it may (false), or the signal fires (undefined). */
export async function probeStart(
  { exec, initialDelaySeconds = 0, periodSeconds, timeoutSeconds, failureThreshold }: StartupProbe,
  run: ContainerRun['exec'],
  signal: AbortSignal,
): Promise<boolean | undefined> {
  await Timer.wait(initialDelaySeconds * 1000, signal);
  for (let failures = 0; !signal.aborted; ) {
    if (await succeeds(exec.command, run, timeoutSeconds * 1000, signal)) return true;
    failures += 1;
    if (failures >= failureThreshold && !signal.aborted) return false;
    await Timer.wait(periodSeconds * 1000, signal);
  }
  return undefined;
}

/** Runs the program in the container; false when it fails, cannot be started, takes too long or the signal ends it. */
async function succeeds(
  command: readonly string[],
  run: ContainerRun['exec'],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const running = await run({ command, stdin: false, terminal: undefined });
  if (running === undefined) return false;
  running.stdout.resume();
  running.stderr.resume();
  const kill = (): void => running.kill();
  const timer = setTimeout(kill, timeoutMs);
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  try {
    await running.started;
    return (await running.exited).exitCode === 0;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}
