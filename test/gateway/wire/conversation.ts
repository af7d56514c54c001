/** Bytes over one connection, sent piece by piece, and all that comes back. */

import { EventEmitter, once } from 'node:events';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Closes the sending half. */
export const FIN = Symbol('FIN');

/** What is done next: bytes (as latin1) are sent, a pattern is waited for in what came back, or the sending half is closed. */
export type Step = string | RegExp | typeof FIN;

/** What came back. */
export interface Received {
  readonly bytes: Buffer;
  /** False when the other side had still not closed the connection after {@link PATIENCE_MS}. */
  readonly closed: boolean;
}

/** Far longer than any answer takes: the other side waits for bytes that are not going to come. */
const PATIENCE_MS = 20_000;

/** Takes the steps on a connection of its own, and reads until the other side closes it. */
export async function converse(port: number, steps: readonly Step[]): Promise<Received> {
  const listener = new Listener({ allowHalfOpen: true });
  listener.setNoDelay().connect(port, '127.0.0.1');
  // What is written earlier may fail before the reading has begun.
  await once(listener, 'connect');
  const patience = setTimeout(() => listener.giveUp(), PATIENCE_MS);
  for (const step of steps) {
    if (listener.over) break;
    if (step === FIN) listener.end();
    else if (typeof step === 'string') listener.write(step, 'latin1');
    else while (!listener.over && !step.test(listener.bytes.toString('latin1'))) await listener.news();
    // So that the pieces are read one by one, at least by a server in this process.
    await nextTurn();
  }
  while (!listener.over) await listener.news();
  clearTimeout(patience);
  listener.destroy();
  return { bytes: listener.bytes, closed: listener.over === 'closed' };
}

/**
 * A socket that is read to its end, also when the other side has closed it and a write fails for that. A stream of Node would
 * forget what it has not read by then.
 */
class Listener extends Socket {
  /** How it ended; undefined while it goes on. */
  over: 'closed' | 'given up' | undefined;
  readonly #chunks: Buffer[] = [];
  readonly #news = new EventEmitter();

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Resolves when something has happened. */
  async news(): Promise<void> {
    await once(this.#news, 'any');
  }

  giveUp(): void {
    this.#finish('given up');
  }

  override push(chunk: Buffer | null): boolean {
    if (chunk === null) this.#finish('closed');
    else this.#chunks.push(chunk);
    this.#news.emit('any');
    return true;
  }

  override destroy(error?: NodeJS.ErrnoException): this {
    if (error?.syscall === 'write' || error?.syscall === 'shutdown') return this;
    if (error) this.#finish('closed');
    return super.destroy();
  }

  #finish(how: 'closed' | 'given up'): void {
    this.over ??= how;
    this.#news.emit('any');
  }
}
