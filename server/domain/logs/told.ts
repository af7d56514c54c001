/** What a stream, and those that it takes up, have told of each node's log: how far they came, and what is missing. */

import type { LogPiece, LogPosition } from '../ports.js';
import type { NodeStart } from './node-log.js';
import { type Reached, type ResumePoint, resumeToken } from './resume.js';

/** Why a log is not complete that was taken up again behind lines that are missing. */
const MISSED_BEFORE = 'lines were missing before it was taken up again';

/** What was sent of one node. */
export interface NodeSummary {
  readonly node: number;
  readonly lines: number;
  /** Why lines are missing; empty when none are. */
  readonly incompleteReason: string;
}

/** The account of one stream. */
export class Told {
  readonly #resumed: boolean;
  readonly #begun: ReadonlyMap<number, string>;
  readonly #reached: Map<number, Reached>;
  readonly #missing = new Map<number, string>();

  /** Goes on from a resume point; else `begun` are, by node, the pods that `tail` and `since` have to be applied to. */
  constructor(resume: ResumePoint | undefined, begun: ReadonlyMap<number, string>) {
    this.#resumed = resume !== undefined;
    this.#begun = resume?.begun ?? begun;
    this.#reached = new Map(resume?.nodes);
    for (const [node, { incomplete }] of this.#reached) if (incomplete) this.#missing.set(node, MISSED_BEFORE);
  }

  /** Where the reading of a node begins. */
  startOf(node: number): NodeStart {
    const position = this.#reached.get(node)?.position;
    return { position, begun: this.#begun.get(node), resumed: this.#resumed };
  }

  /** Notes pieces that end at the position. */
  lines(node: number, pieces: readonly LogPiece[], position: LogPosition): void {
    const lines = (this.#reached.get(node)?.lines ?? 0) + pieces.filter((piece) => !piece.partial).length;
    this.#reached.set(node, { position, lines, incomplete: this.#missing.has(node) });
  }

  /**
   * Notes that lines are missing. Answers with what ends a line of which only a part was told: its rest is missing as well, and what
   * follows is another one.
   */
  gap(node: number, reason: string): LogPiece | undefined {
    this.#missing.set(node, reason);
    const position = this.#reached.get(node)?.position;
    if (!position || position.bytes === 0) return undefined;
    const end = { timeNs: position.timeNs, bytes: new Uint8Array(), partial: false, newline: true };
    this.lines(node, [end], { ...position, count: position.count + 1, bytes: 0 });
    return end;
  }

  /** The resume token of what was told. */
  token(complete: boolean): string {
    return resumeToken({ nodes: this.#reached, begun: this.#begun, complete });
  }

  summaryOf(node: number): NodeSummary {
    return {
      node,
      lines: this.#reached.get(node)?.lines ?? 0,
      incompleteReason: this.#missing.get(node) ?? '',
    };
  }
}
