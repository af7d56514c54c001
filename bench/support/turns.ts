import { type Command, run } from './command.js';
import { ratiosOf, type Spread, spreadOf } from './statistics.js';

/** What two commands took, in milliseconds, and the ratio of the two, run by run. */
export interface Turns {
  readonly ours: Spread;
  readonly baseline: Spread;
  readonly ratio: Spread;
}

/** Runs two commands in turns, each once before anything counts. `check` is given what ours wrote, and throws where that is wrong. */
export async function timeInTurns(
  ours: Command,
  theirs: Command,
  times: number,
  signal: AbortSignal,
  check: (oursWrote: string, theirsWrote: string) => void = () => {},
): Promise<Turns> {
  check((await run(ours, signal)).stdout, (await run(theirs, signal)).stdout);
  const oursMs: number[] = [];
  const theirsMs: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    oursMs.push((await run(ours, signal)).ms);
    theirsMs.push((await run(theirs, signal)).ms);
  }
  return { ours: spreadOf(oursMs), baseline: spreadOf(theirsMs), ratio: ratiosOf(oursMs, theirsMs) };
}
