/** What is open and will close by itself: connections, answers. A server that stops waits for them, but not for ever. */

import type { EventEmitter } from 'node:events';

/** The open ones of a kind. */
export class OpenSet<T extends EventEmitter> {
  readonly #open = new Set<T>();
  #emptied: (() => void) | undefined;

  /** Counts one in until it emits `close`. */
  add(one: T): void {
    this.#open.add(one);
    one.once('close', () => {
      this.#open.delete(one);
      if (this.#open.size === 0) this.#emptied?.();
    });
  }

  /** Resolves when none is open, and after `timeoutMs` at the latest. */
  async untilEmpty(timeoutMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }
}
