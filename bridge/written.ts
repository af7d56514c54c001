/** Messages that hold much, and those who write them. */

import type { Value } from './schema.js';

/**
 * A message of a stream has been written down, and nobody needs what it holds. Said to messages that are {@link Disposable}: the
 * generators on its way are suspended while its reader is slow, and each of them keeps what it handed on last.
 */
export function written(message: Value): void {
  if (typeof message?.[Symbol.dispose] === 'function') message[Symbol.dispose]();
}
