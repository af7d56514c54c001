import type { ContainerRun } from './container-run.js';
import { execInContainer } from './process/exec.js';
import { Timer } from '../timer.js';

/** A startup probe that runs a program; the other kinds have no effect. */
export interface StartupProbe {
  readonly exec?: { readonly command?: readonly string[] };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

/** Whether the container counts as started only when its probe has succeeded. */
export function delaysStart(probe: StartupProbe | undefined): probe is StartupProbe {
  return (probe?.exec?.command?.length ?? 0) > 0;
}

/** Probes until it succeeds (true), has failed as often as it may (false), or the signal fires (undefined). */
export async function probeStart(
  probe: StartupProbe,
  run: ContainerRun,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const { initialDelaySeconds = 0, periodSeconds = 10, timeoutSeconds = 1, failureThreshold = 3 } = probe;
  await Timer.wait(initialDelaySeconds * 1000, signal);
  for (let failures = 0; !signal.aborted; ) {
    const code = await execInContainer(run.execTarget, probe.exec?.command ?? [], timeoutSeconds * 1000);
    if (code === 0) return true;
    failures += 1;
    if (failures >= failureThreshold) return false;
    await Timer.wait(periodSeconds * 1000, signal);
  }
  return undefined;
}
