import type { TreeNode } from './tree.js';

const MAX_TEXTS = 16;
/** Longer texts are rare, and are read anew. */
const MAX_LENGTH = 16 * 1024;

/** What the texts say that were read last: who submits many tasks sends few different texts. */
export class RecentTrees {
  readonly #trees = new Map<string, TreeNode>();

  /** The tree of a text that was read before. */
  get(text: string): TreeNode | undefined {
    const tree = this.#trees.get(text);
    if (tree !== undefined) this.#keep(text, tree);
    return tree;
  }

  /** Keeps the tree of a text in which nothing is wrong and nothing secret. */
  add(text: string, tree: TreeNode): void {
    if (text.length > MAX_LENGTH) return;
    this.#keep(text, tree);
    if (this.#trees.size <= MAX_TEXTS) return;
    for (const oldest of this.#trees.keys()) {
      this.#trees.delete(oldest);
      return;
    }
  }

  #keep(text: string, tree: TreeNode): void {
    this.#trees.delete(text);
    this.#trees.set(text, tree);
  }
}
