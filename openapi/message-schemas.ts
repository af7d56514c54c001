/** Message types -> JSON Schemas of their ProtoJSON, as it is written with `UseProtoNames` and `EmitUnpopulated`. */

import type { EnumType, Field, Kind, MessageType } from '../bridge/schema.js';
import { isWrapper } from '../bridge/json/well-known.js';
import type { Comments } from './comments.js';
import { type Json, type JsonObject, object } from './json.js';
import type { Notes } from './notes.js';

/** Whether a message is read or written: what may be left out differs. */
export type Direction = 'request' | 'response';

const REF = '#/components/schemas/';
const INT64: JsonObject = { type: 'string', format: 'int64', pattern: '^-?[0-9]+$' };
const UINT64: JsonObject = { type: 'string', format: 'uint64', pattern: '^[0-9]+$' };
const INT32: JsonObject = { type: 'integer', format: 'int32', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const UINT32: JsonObject = { type: 'integer', format: 'uint32', minimum: 0, maximum: 2 ** 32 - 1 };

const SCALARS: Readonly<Partial<Record<Kind, JsonObject>>> = {
  double: { type: 'number', format: 'double' },
  float: { type: 'number', format: 'float' },
  int64: INT64,
  sint64: INT64,
  sfixed64: INT64,
  uint64: UINT64,
  fixed64: UINT64,
  int32: INT32,
  sint32: INT32,
  sfixed32: INT32,
  uint32: UINT32,
  fixed32: UINT32,
  bool: { type: 'boolean' },
  string: { type: 'string' },
  bytes: { type: 'string', contentEncoding: 'base64' },
};

const DURATION = 'google.protobuf.Duration';
const GO_DURATION: JsonObject = { pattern: '^([1-9][0-9]{0,4}(ms|s|m|h))+$' };

/** Types with a JSON of their own. */
const WELL_KNOWN: Readonly<Record<string, JsonObject>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  [DURATION]: { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]{1,9})?s$' },
  'google.protobuf.FieldMask': { type: 'string' },
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
  'google.protobuf.ListValue': { type: 'array', items: {} },
  'google.protobuf.Value': {},
  'google.protobuf.Empty': { type: 'object' },
  'google.protobuf.Any': {
    type: 'object',
    properties: { '@type': { type: 'string' } },
    required: ['@type'],
    additionalProperties: true,
  },
};

/** The schemas of a document's messages; each is made when it is first referred to. */
export class MessageSchemas {
  readonly #comments: Comments;
  readonly #notes: Notes;
  readonly #required: ReadonlySet<string>;
  readonly #schemas = new Map<string, JsonObject>();
  readonly #directions = new Map<string, Direction>();

  /** `required` are the full names of the fields that a request must have. */
  constructor(comments: Comments, notes: Notes, required: ReadonlySet<string>) {
    this.#comments = comments;
    this.#notes = notes;
    this.#required = required;
  }

  /** All schemas that were referred to, by name. */
  get components(): JsonObject {
    return Object.fromEntries([...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Adds a schema that is no message's, and refers to it. */
  add(name: string, schema: JsonObject): JsonObject {
    this.#schemas.set(name, schema);
    return { $ref: REF + name };
  }

  /** The schema of a message, as a reference where it has a name. */
  message(type: MessageType, direction: Direction): JsonObject {
    const known = WELL_KNOWN[type.fullName];
    if (known) return known;
    const [value] = type.fields;
    if (isWrapper(type) && value) return this.#single(value, direction);
    const name = this.#name(type, direction);
    if (!this.#schemas.has(name)) {
      this.#schemas.set(name, {}); // messages may contain themselves
      this.#schemas.set(name, this.#object(type, direction));
    }
    return { $ref: REF + name };
  }

  /** A message that is both read and written has two schemas, of which the second one's name has a suffix. */
  #name(type: MessageType, direction: Direction): string {
    const name = shortName(type.fullName);
    const first = this.#directions.get(name) ?? direction;
    this.#directions.set(name, first);
    return first === direction ? name : name + SUFFIXES[direction];
  }

  #object(type: MessageType, direction: Direction): JsonObject {
    const required = type.fields.filter((field) =>
      direction === 'request' ? this.isRequired(field) : !field.optional && !field.oneof,
    );
    return object({
      type: 'object',
      description: this.#comments.get(type.fullName),
      properties: Object.fromEntries(type.fields.map((field) => [field.name, this.#property(field, direction)])),
      required: required.length > 0 ? required.map(({ name }) => name) : undefined,
      additionalProperties: direction === 'request' ? false : undefined,
    });
  }

  /** A field in a message. In a request that may leave it out, null does the same. */
  #property(field: Field, direction: Direction): JsonObject {
    const schema = this.field(field, direction);
    return direction === 'request' && !this.isRequired(field) ? nullable(schema) : schema;
  }

  /** The schema of a field, with what its comment says. */
  field(field: Field, direction: Direction): JsonObject {
    return this.#field(field, direction, undefined);
  }

  /** The schema of a field in a path or a query: there durations are as Go writes them. */
  parameter(field: Field): JsonObject {
    return this.#field(field, 'request', field.message?.fullName === DURATION ? GO_DURATION : undefined);
  }

  #field(field: Field, direction: Direction, spelling: JsonObject | undefined): JsonObject {
    const constraints = this.#notes.constraints[field.fullName];
    const example = this.example(field);
    return {
      ...this.#value(field, direction),
      ...spelling,
      ...(direction === 'request' ? constraints : undefined),
      ...object({
        description: this.#comments.get(field.fullName),
        examples: example === undefined || example === null || field.message ? undefined : [example],
      }),
    };
  }

  /** Whether a request has to have the field. */
  isRequired(field: Field): boolean {
    return this.#required.has(field.fullName);
  }

  /** The example that the notes have for a field. */
  example(field: Field): Json | undefined {
    return this.#notes.examples[field.fullName] ?? this.#notes.examples[field.name];
  }

  #value(field: Field, direction: Direction): JsonObject {
    if (field.shape === 'map') {
      const value = field.mapValue ? this.#single(field.mapValue, direction) : {};
      return { type: 'object', additionalProperties: value };
    }
    const one = this.#single(field, direction);
    if (field.shape === 'list') return { type: 'array', items: one };
    return field.message && direction === 'response' ? nullable(one) : one;
  }

  #single(field: Field, direction: Direction): JsonObject {
    if (field.message) return this.message(field.message, direction);
    if (field.enumType) return this.#enum(field.enumType);
    return SCALARS[field.kind] ?? {};
  }

  #enum(type: EnumType): JsonObject {
    const name = shortName(type.fullName);
    const values = [...type.numberOf.keys()];
    const scope = type.fullName;
    const lines = values.map((value) => `- \`${value}\`: ${this.#comments.get(`${scope}.${value}`) ?? ''}`);
    const description = [this.#comments.get(scope), lines.join('\n')].filter((text) => text).join('\n\n');
    return this.add(name, { type: 'string', enum: values, description });
  }
}

const SUFFIXES = { request: 'Input', response: 'Output' };

function shortName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1);
}

function nullable(schema: JsonObject): JsonObject {
  const { type, $ref, ...rest } = schema;
  if (typeof type === 'string') return { ...schema, type: [type, 'null'] };
  return $ref === undefined ? schema : { ...rest, anyOf: [{ $ref }, { type: 'null' }] };
}
