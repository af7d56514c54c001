/** Positions of tasks, newest first: of everybody and of each user. A page costs its own length, a change a binary search. */

import type { TaskPosition } from '../../domain/ports.js';

type Owned = TaskPosition & { readonly user: string };

/** The order of the lists. */
export class OrderedTasks {
  readonly #all = new Order();
  readonly #byUser = new Map<string, Order>();

  /** Adds a task that is not in it. */
  add(task: Owned): void {
    let own = this.#byUser.get(task.user);
    if (!own) {
      own = new Order();
      this.#byUser.set(task.user, own);
    }
    this.#all.add(task);
    own.add(task);
  }

  /** Removes a task that is in it. */
  delete(task: Owned): void {
    this.#all.delete(task);
    const own = this.#byUser.get(task.user);
    if (own?.delete(task) === 0) this.#byUser.delete(task.user);
  }

  /** The tasks of a user, or of everybody, behind a position. What is added or removed meanwhile may or may not be seen. */
  from(user: string | undefined, after: TaskPosition | undefined): Iterable<Owned> {
    return (user === undefined ? this.#all : this.#byUser.get(user))?.from(after) ?? [];
  }
}

/** So many at a time are put in their places one by one; more are sorted. */
const FEW = 16;

class Order {
  #sorted: Owned[] = [];
  /** Not in their places yet: when a server starts there are thousands before anybody asks. */
  #added: Owned[] = [];

  add(task: Owned): void {
    this.#added.push(task);
  }

  /** Returns how many are left. */
  delete(task: Owned): number {
    const sorted = this.#settled();
    const at = find(sorted, task);
    if (sorted[at]?.id === task.id) sorted.splice(at, 1);
    return sorted.length;
  }

  *from(after: TaskPosition | undefined): Iterable<Owned> {
    const sorted = this.#settled();
    let at = after ? find(sorted, after) : 0;
    if (after && sorted[at]?.id === after.id) at += 1;
    for (; at < sorted.length; at += 1) {
      const task = sorted[at];
      if (task) yield task;
    }
  }

  #settled(): Owned[] {
    if (this.#added.length > FEW) {
      this.#sorted = [...this.#sorted, ...this.#added].toSorted((a, b) => (before(a, b) ? -1 : 1));
    } else for (const task of this.#added) this.#sorted.splice(find(this.#sorted, task), 0, task);
    this.#added = [];
    return this.#sorted;
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
