/** Positions of tasks, newest first: of everybody and of each user. A page costs its own length, a change a binary search. */

import type { TaskPosition } from '../domain/ports.js';

type Owned = TaskPosition & { readonly user: string };

/** The order of the lists. */
export class OrderedTasks {
  readonly #all: Owned[] = [];
  readonly #byUser = new Map<string, Owned[]>();

  /** Adds a task that is not in it. */
  add(task: Owned): void {
    let own = this.#byUser.get(task.user);
    if (!own) {
      own = [];
      this.#byUser.set(task.user, own);
    }
    for (const list of [this.#all, own]) list.splice(find(list, task), 0, task);
  }

  /** Removes a task that is in it. */
  delete(task: Owned): void {
    const own = this.#byUser.get(task.user) ?? [];
    for (const list of [this.#all, own]) {
      const at = find(list, task);
      if (list[at]?.id === task.id) list.splice(at, 1);
    }
    if (own.length === 0) this.#byUser.delete(task.user);
  }

  /** The tasks of a user, or of everybody, behind a position. What is added or removed meanwhile may or may not be seen. */
  *from(user: string | undefined, after: TaskPosition | undefined): Iterable<Owned> {
    const list = user === undefined ? this.#all : (this.#byUser.get(user) ?? []);
    let at = after ? find(list, after) : 0;
    if (after && list[at]?.id === after.id) at += 1;
    for (; at < list.length; at += 1) {
      const task = list[at];
      if (task) yield task;
    }
  }
}

/** Index of the first task that does not come before `position`. */
function find(list: readonly TaskPosition[], position: TaskPosition): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = list[middle];
    if (candidate && before(candidate, position)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Newest first; of two made in the same millisecond, the greater id first. */
function before(a: TaskPosition, b: TaskPosition): boolean {
  return a.createdAtMs > b.createdAtMs || (a.createdAtMs === b.createdAtMs && a.id > b.id);
}
