/** What a row of the table of causes says. */

/** What is known of a node that waits or has failed. */
export interface Symptoms {
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number | undefined;
  /** What the node's program wrote last, oldest line first. */
  readonly lines: readonly string[];
}

/** One row: all that is given of the first four has to fit. */
export interface Cause {
  readonly reasons?: readonly string[];
  readonly message?: RegExp;
  readonly exitCodes?: readonly number[];
  /** One of the last lines fits. */
  readonly line?: RegExp;
  readonly category: string;
  /** What is wrong, in words of our own; without it the message says it. */
  readonly say?: (symptoms: Symptoms) => string;
  readonly fix: string;
  readonly retryable: boolean;
  /** A node that waits for it so long after a machine was found will never start. */
  readonly hopelessAfterMs?: number;
}

/** The fix of what two rows know: before a program was started, and after. */
export const FOREIGN_PROGRAM =
  'the image or program is for another kind of processor: use one made for the machines of the cluster';
