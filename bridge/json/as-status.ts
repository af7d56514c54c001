import { Code, StatusError } from '../status.js';
import { JsonError } from './scanner.js';

/** Runs a parser; what it says of the text becomes INVALID_ARGUMENT. */
export function asStatus<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof JsonError) throw new StatusError(Code.INVALID_ARGUMENT, error.message);
    throw error;
  }
}
