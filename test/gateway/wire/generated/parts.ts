/** What generated requests have in common. */

import fc, { type Arbitrary } from 'fast-check';

/** Mostly the first, now and then one of the others. */
export function mostly(usual: string, ...odd: readonly string[]): Arbitrary<string> {
  return fc.oneof({ weight: 30, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
}

/** Ends of lines, nearly all of which Go takes. */
export const lineEnd = fc.oneof(
  { weight: 60, arbitrary: mostly('\r\n', '\n') },
  { weight: 1, arbitrary: fc.constantFrom('\r\r\n', '\r') },
);
