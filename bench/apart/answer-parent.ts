/** The side of a part of a measurement that runs in a process of its own: support/apart.ts is the other one. */

/** What the parent is told: what came of what it asked for. */
export type Told<T> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: T }
  | { readonly kind: 'failed'; readonly why: string };

/** Answers each message of the parent with what `work` makes of it, one after the other, and ends with the parent. */
export function answerParent<Asked, Result>(work: (asked: Asked) => Promise<Result>): void {
  const tell = (told: Told<Result>): void => {
    process.send?.(told);
  };
  process.on('disconnect', () => process.exit());
  process.on('message', (asked: Asked) => {
    work(asked).then(
      (result) => tell({ kind: 'done', result }),
      (error: unknown) => tell({ kind: 'failed', why: error instanceof Error ? error.message : String(error) }),
    );
  });
  tell({ kind: 'ready' });
}
