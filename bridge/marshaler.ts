/** What the bridge needs of a representation of messages in HTTP bodies. */

import type { Body } from './http/response.js';
import type { Route } from './routes.js';
import type { Field, Message, MessageType, Schema, Value } from './schema.js';
import type { StatusError } from './status.js';

/** Options of protojson, and two that Go does not have. */
export interface MarshalOptions {
  /** Names as in the proto file instead of lowerCamelCase. */
  readonly useProtoNames?: boolean | undefined;
  /** Enums by number. */
  readonly useEnumNumbers?: boolean | undefined;
  /** Write fields that are unset: null, [], {}, "", 0, false; members of oneofs and `optional` fields stay out. */
  readonly emitUnpopulated?: boolean | undefined;
  /** As emitUnpopulated, but without the nulls of unset messages. */
  readonly emitDefaultValues?: boolean | undefined;
  /** Pass over unknown fields and enum names. */
  readonly discardUnknown?: boolean | undefined;
  /** Name the most similar field in errors about unknown ones. A deviation from the real gateway. */
  readonly suggestFieldNames?: boolean | undefined;
  /**
   * Full names of types whose messages stay as they were made: each is written once, and its text kept for as long as it is there.
   * For what is asked for again and again. Default: none.
   */
  readonly immutable?: ReadonlySet<string> | undefined;
}

/** Writes responses and reads requests. What cannot be written or read is a StatusError. */
export interface Marshaler {
  /** Content-Type of responses. */
  readonly contentType: string;
  /** Follows each message of a stream. */
  readonly delimiter: string;
  /** Whether a google.api.HttpBody is sent as its bytes, under its own type. */
  readonly rawHttpBody: boolean;
  /** Whether the messages of streams are events: `id:` in front where there is one, and 204 for a stream without any. */
  readonly events: boolean;
  /** A message, or the field of it that is the route's response body. */
  message(route: Route, message: Value): Body;
  /** A message of a stream, without the delimiter. */
  chunk(route: Route, message: Value): Body;
  /** A status as a whole body. Throws an Error when one of its details cannot be shown. */
  status(status: StatusError): Body;
  /** A status as the last message of a stream; throws as {@link status} does. */
  errorChunk(status: StatusError): Body;
  /** Any message as a whole body, with the delimiter where the representation has one. */
  encode(type: MessageType, message: Value): Body;
  /** The message that a body is; undefined for an empty body. */
  readMessage(body: Buffer, type: MessageType): Message | undefined;
  /** The value of the field that a body is; undefined leaves the field unset. */
  readField(body: Buffer, field: Field): Value;
  /** The messages that a body is made of, as they come; none may be larger than `maxBytes`. */
  readMessages(body: AsyncIterable<Buffer>, type: MessageType, maxBytes: number): AsyncIterable<Value>;
}

/** Makes a marshaler for the types and the JSON options of a bridge. */
export type MarshalerFactory = (schema: Schema, marshal: MarshalOptions) => Marshaler;
