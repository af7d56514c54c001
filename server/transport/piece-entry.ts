/** A piece of a log as an entry of StreamTaskLogs. */

import { isUtf8 } from 'node:buffer';
import type { Timestamp } from '../../gen/google/protobuf/timestamp.js';
import type { TaskLogEntry } from '../../gen/k8scli/v1/task_service.js';
import type { LogPiece } from '../domain/ports.js';
import { timestampNs } from './mapping.js';

const NO_BYTES = Buffer.alloc(0);

/** Text and time are made when they are asked for: where the entry goes out as it came in, nobody does. */
export class PieceEntry implements TaskLogEntry {
  readonly node: number;
  readonly piece: LogPiece;

  constructor(node: number, piece: LogPiece) {
    this.node = node;
    this.piece = piece;
  }

  /** Whether the bytes are UTF-8. */
  get isText(): boolean {
    return isUtf8(this.piece.bytes);
  }

  get time(): Timestamp {
    return timestampNs(this.piece.timeNs);
  }

  get text(): string {
    return this.isText ? this.#bytes.toString() : '';
  }

  get raw(): Buffer {
    return this.isText ? NO_BYTES : this.#bytes;
  }

  get partial(): boolean {
    return this.piece.partial;
  }

  get newline(): boolean {
    return this.piece.newline;
  }

  get #bytes(): Buffer {
    const { buffer, byteOffset, byteLength } = this.piece.bytes;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
}
