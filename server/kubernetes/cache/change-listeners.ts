/** Who wants to know of changes: of one task, of all, or of whether the cluster is heard from. */
export class ChangeListeners {
  readonly #ofOne = new Map<string, Set<() => void>>();
  readonly #ofAll = new Set<(taskId: string) => void>();
  readonly #ofOutages = new Set<() => void>();

  /** Calls back after every change of this task until the signal is aborted. */
  add(taskId: string, listener: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    const own = this.#ofOne.get(taskId) ?? new Set();
    this.#ofOne.set(taskId, own.add(listener));
    const end = (): void => {
      own.delete(listener);
      if (own.size === 0 && this.#ofOne.get(taskId) === own) this.#ofOne.delete(taskId);
    };
    signal.addEventListener('abort', end, { once: true });
  }

  /** Calls back with the id of every task that changes until the signal is aborted; without one for ever. */
  addToAll(listener: (taskId: string) => void, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    this.#ofAll.add(listener);
    signal?.addEventListener('abort', () => this.#ofAll.delete(listener), { once: true });
  }

  /** Calls back when an outage begins or ends until the signal is aborted. */
  addToOutages(listener: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#ofOutages.add(listener);
    signal.addEventListener('abort', () => this.#ofOutages.delete(listener), { once: true });
  }

  /** An outage has begun or ended, which is told of each task. */
  tellOutage(): void {
    for (const listeners of this.#ofOne.values()) for (const listener of listeners) listener();
    for (const listener of this.#ofOutages) listener();
  }

  /** A task has changed. */
  tell(taskId: string): void {
    for (const listener of this.#ofOne.get(taskId) ?? []) listener();
    for (const listener of this.#ofAll) listener(taskId);
  }
}
