import { Code, StatusError } from '../status.js';
import type { BrokenBodyError } from './read-body.js';

/** JSON of which each beginning shows whether it is complete; a text or a number may always go on. */
const TELLS_ITS_END = /^\s*[[{]/;

/**
 * What `decode` makes of a body that breaks off, or is malformed from some place on. Go's decoder stops behind the first value,
 * so one that is complete is as good as ever; otherwise throws INVALID_ARGUMENT with what is wrong with the body. `unread` is
 * called where Go has seen that there is no value before it could see that.
 */
export function decodeBroken<T>(
  { message, bytes }: BrokenBodyError,
  decode: (bytes: Buffer) => T,
  unread: () => void,
): T {
  const tellsItsEnd = TELLS_ITS_END.test(bytes.toString('latin1'));
  try {
    const value = decode(bytes);
    if (tellsItsEnd) return value;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (error.message.startsWith('invalid character')) {
      unread();
      throw error;
    }
    if (tellsItsEnd && error.message !== 'unexpected EOF') throw error;
  }
  throw new StatusError(Code.INVALID_ARGUMENT, message);
}
