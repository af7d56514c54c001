/** What is started is stopped in the opposite order, and once. */

/** Stops one thing. */
export type Stop = () => Promise<void> | void;

/** The things that run, in the order in which they were started. */
export class Lifecycle {
  readonly #stops: { readonly name: string; readonly stop: Stop }[] = [];
  #stopping: Promise<void> | undefined;

  /** Remembers how to stop what has just been started. */
  add(name: string, stop: Stop): void {
    this.#stops.push({ name, stop });
  }

  /** Stops everything; whoever calls again waits for the same end. `report` is told what could not be stopped. */
  stop(report: (name: string, error: unknown) => void): Promise<void> {
    this.#stopping ??= this.#stopAll(report);
    return this.#stopping;
  }

  async #stopAll(report: (name: string, error: unknown) => void): Promise<void> {
    for (const { name, stop } of this.#stops.toReversed()) {
      try {
        await stop();
      } catch (error) {
        report(name, error);
      }
    }
  }
}
