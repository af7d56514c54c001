/** Keys that are to be looked at: each at most once at a time, again if it is added while it is being looked at. */
export class WorkQueue {
  readonly #handle: (key: string) => Promise<void>;
  readonly #name: string;
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<string>();
  readonly #active = new Set<string>();
  readonly #timers = new Map<string, { due: number; handle: NodeJS.Timeout }>();
  readonly #failures = new Map<string, number>();

  /** `handle` is called for each key until the signal fires; when it throws, it is called again after a while. */
  constructor(name: string, handle: (key: string) => Promise<void>, signal: AbortSignal) {
    this.#name = name;
    this.#handle = handle;
    this.#signal = signal;
    const stop = (): void => {
      for (const { handle: timer } of this.#timers.values()) clearTimeout(timer);
      this.#timers.clear();
      this.#waiting.clear();
    };
    signal.addEventListener('abort', stop, { once: true });
  }

  /** Looks at the key soon. */
  add(key: string): void {
    if (this.#signal.aborted) return;
    this.#waiting.add(key);
    if (!this.#active.has(key)) {
      this.#active.add(key);
      setImmediate(() => void this.#work(key));
    }
  }

  /** Looks at the key after the delay, or earlier if that was asked for before. */
  addAfter(key: string, delayMs: number): void {
    if (this.#signal.aborted) return;
    const due = Date.now() + delayMs;
    const known = this.#timers.get(key);
    if (known !== undefined && known.due <= due) return;
    clearTimeout(known?.handle);
    const handle = setTimeout(
      () => {
        this.#timers.delete(key);
        this.add(key);
      },
      Math.min(delayMs, longestDelayMs),
    );
    handle.unref();
    this.#timers.set(key, { due, handle });
  }

  async #work(key: string): Promise<void> {
    while (this.#waiting.delete(key)) {
      try {
        await this.#handle(key);
        this.#failures.delete(key);
      } catch (error) {
        this.#retry(key, error);
      }
    }
    this.#active.delete(key);
  }

  #retry(key: string, error: unknown): void {
    if (this.#signal.aborted) return;
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    console.error(`${this.#name}: ${key}: ${(error as Error).message}`);
    this.addAfter(key, Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs));
  }
}

const longestDelayMs = 2 ** 31 - 1;
const firstRetryMs = 100;
const lastRetryMs = 60_000;
