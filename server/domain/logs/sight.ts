/** One look at a task for all who read its nodes: a change costs one look, and wakes only those whom it concerns. */

import { changesOf } from '../changes.js';
import type { Domain } from '../context.js';
import { explain, ownedView } from '../get.js';
import type { PodIdentity } from '../ports.js';
import type { Task, TaskView } from '../task.js';

type Uses = Pick<Domain, 'store' | 'events' | 'lastLines' | 'clock' | 'namespace'>;

/** How often everybody who waits looks again: the reason of a node that waits may change without the node. */
const LOOK_EVERY_MS = 2000;

/** A user's task as it is now, until the signal is aborted. */
export class Sight {
  readonly #domain: Uses;
  readonly #signal: AbortSignal;
  #view: TaskView;
  #failure: { readonly error: unknown } | undefined;
  #explained: { readonly view: TaskView; readonly atMs: number; readonly task: Promise<Task> } | undefined;
  #finding: Promise<void> | undefined;
  readonly #waiting = new Map<number, { readonly seen: TaskView; readonly wake: () => void }>();

  constructor(domain: Uses, view: TaskView, signal: AbortSignal) {
    this.#domain = domain;
    this.#view = view;
    this.#signal = signal;
    void this.#look().catch((error: unknown) => {
      this.#failure = { error };
      this.#wakeIf(() => true);
    });
  }

  /** What was seen last. Throws NOT_FOUND when the task is gone. */
  get view(): TaskView {
    if (this.#failure) throw this.#failure.error;
    return this.#view;
  }

  /** The task with the reasons for what it does not do yet, looked up once for all who ask. */
  explained(): Promise<Task> {
    const nowMs = this.#domain.clock.now();
    const known = this.#explained;
    if (known?.view === this.#view && nowMs - known.atMs < LOOK_EVERY_MS) return known.task;
    const task = explain(this.#domain, this.#view, { signal: this.#signal });
    this.#explained = { view: this.#view, atMs: nowMs, task };
    return task;
  }

  /** Sees to it that no pod is missing only because it was not seen yet; asks once for all who do so at the same time. */
  async findPods(): Promise<void> {
    const { user, id } = this.#view.record;
    this.#finding ??= this.#domain.store.findPods(id, this.#signal).finally(() => {
      this.#finding = undefined;
    });
    await this.#finding;
    this.#view = await ownedView(this.#domain, user, id, { signal: this.#signal });
  }

  /** A pod of the task, of whichever attempt; undefined when the cluster does not have it any more. */
  async podOf(uid: string): Promise<PodIdentity | undefined> {
    const { store } = this.#domain;
    const { id } = this.#view.record;
    const known = store.pod(id, uid);
    if (known) return known;
    await this.findPods();
    return store.pod(id, uid);
  }

  /** Resolves when the node, or what was decided about the task, is no longer as it was seen; after a while in any case. */
  async next(node: number, seen: TaskView): Promise<void> {
    if (this.#failure || this.#signal.aborted || concerns(node, seen, this.#view)) return;
    await new Promise<void>((wake) => this.#waiting.set(node, { seen, wake }));
  }

  async #look(): Promise<void> {
    const { store, clock } = this.#domain;
    const { user, id } = this.#view.record;
    const changes = changesOf(store, clock, id, this.#signal);
    let toldMs = clock.now();
    while (!this.#signal.aborted) {
      const view = await ownedView(this.#domain, user, id, { signal: this.#signal });
      this.#view = view;
      const everybody = clock.now() - toldMs >= LOOK_EVERY_MS;
      if (everybody) toldMs = clock.now();
      this.#wakeIf((node, seen) => everybody || concerns(node, seen, view));
      await changes.next(LOOK_EVERY_MS - (clock.now() - toldMs));
    }
    this.#wakeIf(() => true);
  }

  #wakeIf(test: (node: number, seen: TaskView) => boolean): void {
    for (const [node, { seen, wake }] of this.#waiting) {
      if (!test(node, seen)) continue;
      this.#waiting.delete(node);
      wake();
    }
  }
}

function concerns(node: number, before: TaskView, after: TaskView): boolean {
  return before.record !== after.record || before.nodes[node] !== after.nodes[node];
}
