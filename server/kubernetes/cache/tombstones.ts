const MAX_TOMBSTONES = 4096;

/** The latest objects that were seen deleted, by uid: an answer that comes late must not bring them back. */
export class Tombstones {
  readonly #uids = new Set<string>();

  /** Takes in that an object is gone; the oldest is forgotten when there are too many. */
  add(uid: string): void {
    this.#uids.add(uid);
    if (this.#uids.size <= MAX_TOMBSTONES) return;
    for (const oldest of this.#uids) {
      this.#uids.delete(oldest);
      return;
    }
  }

  /** Whether the object was seen deleted. */
  has(uid: string): boolean {
    return this.#uids.has(uid);
  }
}
