import { setTimeout as delay } from 'node:timers/promises';

/** A delay that can be set anew and given up. */
export class Timer {
  #handle: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;

  /** Calls `action` after the delay, unless it is due earlier already. */
  set(delayMs: number, action: () => void): void {
    const due = Date.now() + Math.max(0, delayMs);
    if (due >= this.#due) return;
    clearTimeout(this.#handle);
    this.#due = due;
    this.#handle = setTimeout(
      () => {
        this.#due = Number.POSITIVE_INFINITY;
        // Delays beyond what a timer of Node can hold come in pieces.
        if (Date.now() < due) this.set(due - Date.now(), action);
        else action();
      },
      Math.min(due - Date.now(), longestMs),
    );
  }

  clear(): void {
    clearTimeout(this.#handle);
    this.#due = Number.POSITIVE_INFINITY;
  }

  /** Resolves after the delay, or at once when the signal fires. */
  static async wait(delayMs: number, signal: AbortSignal): Promise<void> {
    await delay(delayMs, undefined, { signal }).catch(() => undefined);
  }
}

const longestMs = 2 ** 31 - 1;
