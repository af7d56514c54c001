/** Message types as the bridge works with them: descriptors resolved and joined with the generated objects' keys. */

import type { Codec, EnumDescriptor, FieldDescriptor, MessageDescriptor, ProtoMetadata } from './descriptors.js';

/** Kinds of field, in the words of Go's protoreflect, which error messages show. */
export type Kind =
  | 'double'
  | 'float'
  | 'int64'
  | 'uint64'
  | 'int32'
  | 'fixed64'
  | 'fixed32'
  | 'bool'
  | 'string'
  | 'group'
  | 'message'
  | 'bytes'
  | 'uint32'
  | 'enum'
  | 'sfixed32'
  | 'sfixed64'
  | 'sint32'
  | 'sint64';

/** FieldDescriptorProto.Type, from 1. */
const KINDS: readonly Kind[] = [
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  'group',
  'message',
  'bytes',
  'uint32',
  'enum',
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64',
];

/** A value inside a generated object. Its type follows from the field's descriptor, which the compiler does not know. */
// biome-ignore lint: see above
export type Value = any;

/** A generated message object. */
export type Message = Record<string, Value>;

/** A member of a oneof as ts-proto holds it. */
export interface OneofValue {
  $case: string;
  value: Value;
}

/** An enum type. */
export interface EnumType {
  readonly fullName: string;
  /** What Go calls it, which some of the gateway's error texts show: `packagev1.Parent_Name`. */
  readonly goName: string;
  /** The first name of each number. */
  readonly nameOf: ReadonlyMap<number, string>;
  readonly numberOf: ReadonlyMap<string, number>;
}

/** A oneof (not one that `optional` makes). */
export interface Oneof {
  readonly name: string;
  readonly fullName: string;
  /** Key of the generated object that holds `{ $case, value }`. */
  readonly key: string;
  /** Position among the message's oneofs. */
  readonly index: number;
}

/** A field. */
export interface Field {
  readonly name: string;
  readonly jsonName: string;
  readonly fullName: string;
  /** Key in the generated object; in a oneof, its `$case`. */
  readonly key: string;
  readonly number: number;
  /** Position in the declaration. */
  readonly index: number;
  readonly kind: Kind;
  readonly shape: 'singular' | 'list' | 'map';
  /** Whether unset and zero differ: `optional`, and proto2. */
  readonly optional: boolean;
  readonly oneof: Oneof | undefined;
  /** Set for messages that are not maps. */
  readonly message: MessageType | undefined;
  readonly enumType: EnumType | undefined;
  readonly mapKey: Field | undefined;
  readonly mapValue: Field | undefined;
  /** Whether the generated object holds the map as a Map (bool and 64-bit keys). */
  readonly usesMap: boolean;
}

/** A message type. */
export interface MessageType {
  readonly fullName: string;
  /** In the order of declaration. */
  readonly fields: readonly Field[];
  readonly byName: ReadonlyMap<string, Field>;
  readonly byJsonName: ReadonlyMap<string, Field>;
  /** A new message with every field at its default. */
  create(): Message;
  readonly codec: Codec;
}

/** Key of a generated object for a proto name, as ts-proto spells it. */
function camelCase(name: string): string {
  if (!name.includes('_')) return name;
  const mixed = /[a-z]/.test(name);
  return name
    .split('_')
    .map((part, index) => {
      const word = mixed ? part : part.toLowerCase();
      return index === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1);
    })
    .join('');
}

/** All types of a set of generated files and what they import. Throws when a type is missing. */
export class Schema {
  readonly #descriptors = new Map<string, { descriptor: MessageDescriptor; codec: Codec | undefined }>();
  readonly #enums = new Map<string, EnumType>();
  readonly #messages = new Map<string, MessageType>();

  constructor(files: Iterable<ProtoMetadata>) {
    const seen = new Set<string>();
    const waiting = [...files];
    for (let file = waiting.pop(); file; file = waiting.pop()) {
      const name = file.fileDescriptor.name ?? '';
      if (seen.has(name)) continue;
      seen.add(name);
      waiting.push(...(file.dependencies ?? []));
      const scope = file.fileDescriptor.package ? `${file.fileDescriptor.package}.` : '';
      for (const message of file.fileDescriptor.messageType ?? []) this.#addMessage(scope, message, file);
      for (const type of file.fileDescriptor.enumType ?? []) this.#addEnum(scope, type, file);
    }
  }

  #addMessage(scope: string, descriptor: MessageDescriptor, file: ProtoMetadata): void {
    const fullName = scope + descriptor.name;
    const codec: Codec | undefined = file.references[`.${fullName}`];
    this.#descriptors.set(fullName, { descriptor, codec });
    for (const nested of descriptor.nestedType ?? []) this.#addMessage(`${fullName}.`, nested, file);
    for (const type of descriptor.enumType ?? []) this.#addEnum(`${fullName}.`, type, file);
  }

  #addEnum(scope: string, descriptor: EnumDescriptor, file: ProtoMetadata): void {
    const nameOf = new Map<number, string>();
    const numberOf = new Map<string, number>();
    for (const { name = '', number = 0 } of descriptor.value ?? []) {
      numberOf.set(name, number);
      if (!nameOf.has(number)) nameOf.set(number, name);
    }
    const fullName = scope + descriptor.name;
    this.#enums.set(fullName, { fullName, goName: goName(fullName, file), nameOf, numberOf });
  }

  /** The message type of this full name, with or without a dot in front; undefined when no file declares it. */
  find(name: string): MessageType | undefined {
    const fullName = name.startsWith('.') ? name.slice(1) : name;
    const known = this.#messages.get(fullName);
    if (known) return known;
    const found = this.#descriptors.get(fullName);
    if (!found || found.descriptor.options?.mapEntry) return undefined;
    return this.#build(fullName, found.descriptor, found.codec);
  }

  /** As {@link find}, but a missing type is an Error that says how to get it. */
  message(name: string): MessageType {
    const type = this.find(name);
    if (!type) {
      throw new Error(`No descriptor for ${name}: pass the protoMetadata of the file that declares it to the bridge.`);
    }
    return type;
  }

  #build(fullName: string, descriptor: MessageDescriptor, codec: Codec | undefined): MessageType {
    if (!codec) throw new Error(`No generated code for ${fullName}: generate it with ts-proto's outputSchema=true.`);
    const base: Message = codec.create();
    const fields: Field[] = [];
    const byName = new Map<string, Field>();
    const byJsonName = new Map<string, Field>();
    const type: MessageType = { fullName, fields, byName, byJsonName, codec, create: creator(base) };
    this.#messages.set(fullName, type); // before the fields: types may contain themselves
    const oneofs = (descriptor.oneofDecl ?? []).map(
      ({ name = '' }, index): Oneof => ({ name, fullName: `${fullName}.${name}`, key: camelCase(name), index }),
    );
    for (const [index, one] of (descriptor.field ?? []).entries()) {
      const field = this.#field(fullName, one, index, base, oneofs);
      fields.push(field);
      byName.set(field.name, field);
      byJsonName.set(field.jsonName, field);
    }
    return type;
  }

  #field(parent: string, descriptor: FieldDescriptor, index: number, base: Message, oneofs: readonly Oneof[]): Field {
    const { name = '', typeName = '' } = descriptor;
    const kind = KINDS[(descriptor.type ?? 0) - 1];
    if (!kind) throw new Error(`Field ${parent}.${name} has the unknown type ${descriptor.type}.`);
    const key = camelCase(name);
    const entry = kind === 'message' ? this.#descriptors.get(typeName.slice(1))?.descriptor : undefined;
    const isMap = entry?.options?.mapEntry === true;
    const [mapKey, mapValue] = isMap
      ? (entry?.field ?? []).map((one, at) =>
          this.#field(typeName.slice(1), one, at, { [camelCase(one.name ?? '')]: null }, []),
        )
      : [];
    return {
      name,
      jsonName: descriptor.jsonName || key,
      fullName: `${parent}.${name}`,
      key,
      number: descriptor.number ?? 0,
      index,
      kind,
      shape: isMap ? 'map' : descriptor.label === 3 ? 'list' : 'singular',
      optional: descriptor.proto3Optional === true || (key in base && base[key] === undefined && !isMessage(kind)),
      // Decoded descriptors have oneofIndex 0 also for fields in no oneof; those, unlike members, are keys of the object.
      oneof: key in base ? undefined : oneofs[descriptor.oneofIndex ?? 0],
      message: isMessage(kind) && !isMap ? this.message(typeName) : undefined,
      enumType: kind === 'enum' ? this.#enums.get(typeName.slice(1)) : undefined,
      mapKey,
      mapValue,
      usesMap: base[key] instanceof Map,
    };
  }
}

/** A type's name in Go: the package that `go_package` names, and the names of the types around it. */
function goName(fullName: string, { fileDescriptor }: ProtoMetadata): string {
  const scope = fileDescriptor.package ?? '';
  const path = fileDescriptor.options?.goPackage || scope.replaceAll('.', '/');
  const name = /[^/;]*$/.exec(path)?.[0].replace(/\W/g, '_') ?? '';
  const local = scope === '' ? fullName : fullName.slice(scope.length + 1);
  return `${name}.${local.replaceAll('.', '_')}`;
}

/** The value of something that descriptors of this kind always have; its absence is a defect of the descriptors. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The descriptors are not consistent: generate them anew.');
  return value;
}

function isMessage(kind: Kind): boolean {
  return kind === 'message' || kind === 'group';
}

/** Makes copies of a default message that share no container. */
function creator(base: Message): () => Message {
  const lists: string[] = [];
  const objects: string[] = [];
  const maps: string[] = [];
  for (const [key, value] of Object.entries(base)) {
    if (Array.isArray(value)) lists.push(key);
    else if (value instanceof Map) maps.push(key);
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) objects.push(key);
  }
  return () => {
    const message = { ...base };
    for (const key of lists) message[key] = [];
    for (const key of objects) message[key] = {};
    for (const key of maps) message[key] = new Map();
    return message;
  };
}
