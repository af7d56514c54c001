/** How messages are written and read, chosen per request by Accept and Content-Type. */

import { JsonReader } from './json/reader.js';
import { quote } from './json/text.js';
import { JsonWriter, type WriterOptions } from './json/writer.js';
import type { Schema } from './schema.js';
import type { AnyMessage } from './status.js';

/** Options of protojson, and one that Go does not have. */
export interface MarshalOptions extends WriterOptions {
  /** Pass over unknown fields and enum names. */
  readonly discardUnknown?: boolean | undefined;
  /** Name the most similar field in errors about unknown ones. A deviation from the real gateway. */
  readonly suggestFieldNames?: boolean | undefined;
}

/** A form of JSON that a bridge speaks; without anything it is plain `application/json`. */
export interface MarshalerOptions {
  /** Content-Type of responses. Default: application/json. */
  readonly contentType?: string | undefined;
  /** Stands in front of each message. Default: nothing. */
  readonly prefix?: string | undefined;
  /** Follows each message of a stream. Default: a newline. */
  readonly delimiter?: string | undefined;
  /** Send a unary google.api.HttpBody as its bytes instead of as JSON. */
  readonly rawHttpBody?: boolean | undefined;
  /** The messages of streams are events: `id:` in front where there is one, and 204 for a stream without any. */
  readonly events?: boolean | undefined;
  /** Default: the bridge's own. */
  readonly marshal?: MarshalOptions | undefined;
}

/** `text/event-stream`, with `id:` and with 204 for "there is nothing more, do not reconnect". */
export const serverSentEvents: MarshalerOptions = {
  contentType: 'text/event-stream',
  prefix: 'data: ',
  delimiter: '\n\n',
  events: true,
};

/** A marshaler, compiled. */
export class Marshaler {
  readonly contentType: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly rawHttpBody: boolean;
  readonly events: boolean;
  readonly writer: JsonWriter;
  readonly reader: JsonReader;
  readonly emitsUnpopulated: boolean;
  readonly usesEnumNumbers: boolean;
  readonly #emitsDefaults: boolean;

  constructor(schema: Schema, options: MarshalerOptions, marshal: MarshalOptions) {
    this.contentType = options.contentType ?? 'application/json';
    this.prefix = options.prefix ?? '';
    this.delimiter = options.delimiter ?? '\n';
    this.rawHttpBody = options.rawHttpBody === true;
    this.events = options.events === true;
    this.writer = new JsonWriter(schema, marshal);
    this.reader = new JsonReader(schema, {
      discardUnknown: marshal.discardUnknown,
      suggest: marshal.suggestFieldNames ? (marshal.useProtoNames ? 'proto' : 'json') : undefined,
    });
    this.emitsUnpopulated = marshal.emitUnpopulated === true;
    this.usesEnumNumbers = marshal.useEnumNumbers === true;
    this.#emitsDefaults = marshal.emitUnpopulated === true || marshal.emitDefaultValues === true;
  }

  /** JSON of a google.rpc.Status. Throws an Error when a detail cannot be shown. */
  status(code: number, message: string, details: readonly AnyMessage[]): string {
    const parts: string[] = [];
    const all = this.#emitsDefaults;
    if (all || code !== 0) parts.push(`"code":${code}`);
    if (all || message !== '') parts.push(`"message":${quote(message)}`);
    if (all || details.length > 0) parts.push(`"details":[${details.map((one) => this.writer.any(one)).join(',')}]`);
    return `{${parts.join(',')}}`;
  }
}

/** The marshalers of a bridge by MIME type, `*` for all others. */
export class Marshalers {
  readonly #byType: ReadonlyMap<string, Marshaler>;
  readonly #fallback: Marshaler;

  constructor(schema: Schema, marshal: MarshalOptions, registered: Readonly<Record<string, MarshalerOptions>>) {
    this.#fallback = new Marshaler(schema, { rawHttpBody: true }, marshal);
    this.#byType = new Map(
      Object.entries(registered).map(
        ([type, one]) => [type, new Marshaler(schema, one, one.marshal ?? marshal)] as const,
      ),
    );
  }

  /** The marshaler for a request's body: by the media type of its Content-Type. */
  inbound(mediaType: string): Marshaler {
    return this.#byType.get(mediaType) ?? this.#fallback;
  }

  /** The marshaler for its response: an Accept header that is exactly a registered type, else the inbound one. */
  outbound(accept: readonly string[], inbound: Marshaler): Marshaler {
    if (this.#byType.size === 0) return inbound;
    for (const value of accept) {
      const found = value === '*' ? this.#fallback : this.#byType.get(value);
      if (found) return found;
    }
    return inbound;
  }
}

const TOKEN = /^[\w!#$%&'*+\-.^`|~]+(\/[\w!#$%&'*+\-.^`|~]+)?$/;
const PARAMETER = /^[\w!#$%&'*+\-.^`|~]+\s*=\s*([\w!#$%&'*+\-.^`|~]+|"(\\.|[^"\\])*")$/;
const MAX_CONTENT_TYPE_LENGTH = 1000;

/** The media type of a Content-Type header, lower case and without parameters; empty when it is malformed. */
export function mediaTypeOf(contentType: string): string {
  if (contentType.length > MAX_CONTENT_TYPE_LENGTH) return '';
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  const legal = TOKEN.test(type) && parameters.every((one) => one === '' || PARAMETER.test(one));
  return legal ? type.toLowerCase() : '';
}
