/** Which marshaler reads a request and which one writes its response: by Content-Type and Accept. */

import { jsonMarshaler } from './json-marshaler.js';
import type { Marshaler, MarshalerFactory, MarshalOptions } from './marshaler.js';
import type { Schema } from './schema.js';

/** Where the marshaler for everything else is registered. */
const ANY = '*';

/** The marshalers of a bridge by MIME type, `*` for all others. */
export class Marshalers {
  readonly #byType: ReadonlyMap<string, Marshaler>;
  readonly #fallback: Marshaler;

  constructor(schema: Schema, marshal: MarshalOptions, registered: Readonly<Record<string, MarshalerFactory>>) {
    const factories = { [ANY]: jsonMarshaler({ rawHttpBody: true }), ...registered };
    this.#byType = new Map(Object.entries(factories).map(([type, make]) => [type, make(schema, marshal)] as const));
    this.#fallback = this.#byType.get(ANY) as Marshaler;
  }

  /** The marshaler for a request's body: the first media type of its Content-Type headers that has one. */
  inbound(mediaTypes: readonly string[]): Marshaler {
    return this.#registered(mediaTypes) ?? this.#fallback;
  }

  /** The marshaler for its response: an Accept header that is exactly a registered type, else the inbound one. */
  outbound(accept: readonly string[], inbound: Marshaler): Marshaler {
    return this.#registered(accept) ?? inbound;
  }

  #registered(types: readonly string[]): Marshaler | undefined {
    for (const type of types) {
      const found = this.#byType.get(type);
      if (found) return found;
    }
    return undefined;
  }
}
