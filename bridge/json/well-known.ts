/** Which types ProtoJSON treats in a way of their own. */

import type { MessageType, Value } from '../schema.js';

/** Whether a type is one of google.protobuf's wrappers (StringValue, ...). */
export function isWrapper(type: MessageType): boolean {
  return /^google\.protobuf\.(Double|Float|U?Int(32|64)|Bool|String|Bytes)Value$/.test(type.fullName);
}

/** Whether ProtoJSON gives the type a form of its own, which inside an Any stands under "value". */
export function hasOwnJson(type: MessageType): boolean {
  return (
    isWrapper(type) ||
    /^google\.protobuf\.(Any|Timestamp|Duration|FieldMask|Value|Struct|ListValue|Empty)$/.test(type.fullName)
  );
}

/** A decoded message in the form that generated objects give a field of its type. */
export function toFieldForm(type: MessageType, message: Value): Value {
  if (isWrapper(type)) return message.value;
  return type.codec.unwrap ? type.codec.unwrap(message) : message;
}

/** The opposite of {@link toFieldForm}: what the type's codec encodes. */
export function fromFieldForm(type: MessageType, value: Value): Value {
  if (isWrapper(type)) return { value };
  return type.codec.wrap ? type.codec.wrap(value) : value;
}
