import { StatusError } from '../store/status-error.js';
import { Timer } from '../timer.js';

const firstWaitMs = 200;
const mostWaitMs = 5000;

/**
 * Has something written, and tries again while the store cannot be written: what runs goes on over a full disk. Resolves when it
 * is written, or with the last failure when the signal has fired. `what` is said of it meanwhile. Throws every other error.
 */
export async function untilWritten(what: string, write: () => unknown, giveUp: AbortSignal): Promise<void> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, mostWaitMs)) {
    try {
      write();
      return;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      // The store is being closed: nobody is left to tell.
      if (error.code === 503) return;
      // It says so of its file only.
      if (error.code !== 500) throw error;
      if (waitMs === firstWaitMs) console.error(`${what} cannot be stored yet: ${error.message}`);
    }
    if (giveUp.aborted) return;
    await Timer.wait(waitMs, giveUp);
  }
}
