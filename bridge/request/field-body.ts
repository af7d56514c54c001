/** Bodies that are one field of the request. */

import type { JsonReader } from '../json/reader.js';
import type { Scanner } from '../json/scanner.js';
import type { Field, Value } from '../schema.js';

/** Reader of a body that becomes the field. */
export function fieldBodyReader(field: Field, json: JsonReader): (scanner: Scanner) => Value {
  return json.value(field);
}
