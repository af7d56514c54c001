/** Messages as JSON: plain, or framed as events. */

import { isWellFormed } from './go/bytes.js';
import { asStatus } from './json/as-status.js';
import { decodeText, parseFirst } from './json/parse.js';
import { JsonReader } from './json/reader.js';
import { escapeHtml, quote } from './json/text.js';
import { JsonWriter, type Write } from './json/writer.js';
import type { MarshalerFactory, Marshaler, MarshalOptions } from './marshaler.js';
import { emptyFieldBody, fieldBodyReader } from './request/field-body.js';
import { parseMessages } from './request/messages.js';
import { bodyWriter } from './response/response-body.js';
import type { Route } from './routes.js';
import type { Field, Message, MessageType, Schema, Value } from './schema.js';
import { Code, StatusError } from './status.js';

/** How JSON stands in a body; without anything it is plain `application/json`. */
export interface JsonFraming {
  /** Content-Type of responses. Default: application/json. */
  readonly contentType?: string | undefined;
  /** Stands in front of each message. Default: nothing. */
  readonly prefix?: string | undefined;
  /** Follows each message of a stream. Default: a newline. */
  readonly delimiter?: string | undefined;
  /** Send a unary google.api.HttpBody as its bytes instead of as JSON. Default: false. */
  readonly rawHttpBody?: boolean | undefined;
  /** The messages of streams are events. Default: false. */
  readonly events?: boolean | undefined;
  /** Default: the bridge's own. */
  readonly marshal?: MarshalOptions | undefined;
}

/** A marshaler for JSON. */
export function jsonMarshaler(framing: JsonFraming = {}): MarshalerFactory {
  return (schema, marshal) => new JsonMarshaler(schema, framing, framing.marshal ?? marshal);
}

/** `text/event-stream`, with `id:` and with 204 for "there is nothing more, do not reconnect". */
export const serverSentEvents: MarshalerFactory = jsonMarshaler({
  contentType: 'text/event-stream',
  prefix: 'data: ',
  delimiter: '\n\n',
  events: true,
});

class JsonMarshaler implements Marshaler {
  readonly contentType: string;
  readonly delimiter: string;
  readonly rawHttpBody: boolean;
  readonly events: boolean;
  readonly #prefix: string;
  readonly #writer: JsonWriter;
  readonly #reader: JsonReader;
  readonly #marshal: MarshalOptions;
  readonly #bodies = new Map<Route, Write>();

  constructor(schema: Schema, framing: JsonFraming, marshal: MarshalOptions) {
    this.contentType = framing.contentType ?? 'application/json';
    this.delimiter = framing.delimiter ?? '\n';
    this.rawHttpBody = framing.rawHttpBody === true;
    this.events = framing.events === true;
    this.#prefix = framing.prefix ?? '';
    this.#marshal = marshal;
    this.#writer = new JsonWriter(schema, marshal);
    this.#reader = new JsonReader(schema, {
      discardUnknown: marshal.discardUnknown,
      suggest: marshal.suggestFieldNames ? (marshal.useProtoNames ? 'proto' : 'json') : undefined,
    });
  }

  message(route: Route, message: Value): string {
    return this.#prefix + this.#json(route, message);
  }

  chunk(route: Route, message: Value): string {
    return `${this.#prefix}{"result":${escapeHtml(this.#json(route, message))}}`;
  }

  #json(route: Route, message: Value): string {
    let write = this.#bodies.get(route);
    if (!write) {
      write = bodyWriter(route, this.#writer, this.#marshal);
      this.#bodies.set(route, write);
    }
    return written(write, message);
  }

  encode(type: MessageType, message: Value): string {
    return this.#prefix + written(this.#writer.message(type), message) + this.delimiter;
  }

  status(status: StatusError): string {
    return this.#prefix + this.#status(status);
  }

  errorChunk(status: StatusError): string {
    return `${this.#prefix}{"error":${escapeHtml(this.#status(status))}}`;
  }

  #status({ code, message, details }: StatusError): string {
    if (!isWellFormed(message)) throw new Error('google.rpc.Status.message: contains bytes that are not UTF-8');
    const all = this.#marshal.emitUnpopulated === true || this.#marshal.emitDefaultValues === true;
    const parts: string[] = [];
    if (all || code !== 0) parts.push(`"code":${code}`);
    if (all || message !== '') parts.push(`"message":${quote(message)}`);
    if (all || details.length > 0) parts.push(`"details":[${details.map((one) => this.#writer.any(one)).join(',')}]`);
    return `{${parts.join(',')}}`;
  }

  readMessage(body: Buffer, type: MessageType): Message | undefined {
    return asStatus(() => parseFirst(decodeText(body), 0, this.#reader.message(type))?.value);
  }

  readField(body: Buffer, field: Field): Value {
    const parsed = asStatus(() => parseFirst(decodeText(body), 0, fieldBodyReader(field, this.#reader)));
    return parsed ? parsed.value : emptyFieldBody(field);
  }

  readMessages(body: AsyncIterable<Buffer>, type: MessageType, maxBytes: number): AsyncIterable<Value> {
    return parseMessages(body, this.#reader.message(type), maxBytes);
  }
}

/** JSON of a message. Throws UNKNOWN, as the gateway does. */
function written(write: Write, message: Value): string {
  try {
    return write(message);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new StatusError(Code.UNKNOWN, what.startsWith('json: ') ? what : `proto: ${what}`, [], { cause: error });
  }
}
