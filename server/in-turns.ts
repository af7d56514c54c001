import { setImmediate as nextTurn } from 'node:timers/promises';

/** For so long callers may have to wait while something is done for very many tasks. */
export const TURN_MS = 2;

/** Gives items one after the other, and everybody else a turn whenever they have taken a while. */
export async function* inTurns<T>(items: Iterable<T>): AsyncGenerator<T, void, undefined> {
  let beganMs = performance.now();
  for (const item of items) {
    yield item;
    if (performance.now() - beganMs < TURN_MS) continue;
    await nextTurn();
    beganMs = performance.now();
  }
}
