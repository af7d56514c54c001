/** Values as Go's `%#v` shows them. */

import type { Value } from '../schema.js';
import { goFloat } from './float.js';
import { goQuote } from './quote.js';

/** What encoding/json makes of a JSON value, in Go's own syntax. */
export function goSyntax(value: Value): string {
  return value === null ? '<nil>' : nested(value);
}

function nested(value: Value): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return goFloat(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(nested).join(', ')}}`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).toSorted(([left], [right]) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  return `map[string]interface {}{${entries.map(([key, item]) => `${goQuote(key)}:${nested(item)}`).join(', ')}}`;
}
