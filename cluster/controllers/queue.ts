import { Timer } from '../timer.js';

/** Keys that are to be looked at: each once, however often it is added until then. */
export class WorkQueue {
  readonly #handle: (key: string) => void;
  readonly #name: string;
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<string>();
  readonly #timers = new Map<string, Timer>();
  readonly #failures = new Map<string, number>();

  /** `handle` is called for each key until the signal fires; when it throws, it is called again after a while. */
  constructor(name: string, handle: (key: string) => void, signal: AbortSignal) {
    this.#name = name;
    this.#handle = handle;
    this.#signal = signal;
    const stop = (): void => {
      for (const timer of this.#timers.values()) timer.clear();
      this.#timers.clear();
      this.#waiting.clear();
    };
    signal.addEventListener('abort', stop, { once: true });
  }

  /** Looks at the key soon. */
  add(key: string): void {
    if (this.#signal.aborted || this.#waiting.has(key)) return;
    this.#waiting.add(key);
    if (this.#waiting.size === 1) setImmediate(() => this.#work());
  }

  /** Looks at the key after the delay, or earlier if that was asked for before. */
  addAfter(key: string, delayMs: number): void {
    if (this.#signal.aborted) return;
    const timer = this.#timers.get(key) ?? new Timer();
    this.#timers.set(key, timer);
    timer.set(delayMs, () => {
      this.#timers.delete(key);
      this.add(key);
    });
  }

  /** One key a turn of the event loop: many of them keep nobody else waiting. */
  #work(): void {
    const [key] = this.#waiting;
    if (key === undefined) return;
    this.#waiting.delete(key);
    if (this.#waiting.size > 0) setImmediate(() => this.#work());
    try {
      this.#handle(key);
      this.#failures.delete(key);
    } catch (error) {
      this.#retry(key, error);
    }
  }

  #retry(key: string, error: unknown): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    console.error(`${this.#name}: ${key}: ${(error as Error).message}`);
    this.addAfter(key, Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs));
  }
}

const firstRetryMs = 100;
const lastRetryMs = 60_000;
