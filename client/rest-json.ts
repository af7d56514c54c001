import { protoMetadata as systemMetadata } from '../gen/k8scli/v1/system_service.js';
import { protoMetadata as taskMetadata } from '../gen/k8scli/v1/task.js';
import { protoMetadata as taskServiceMetadata } from '../gen/k8scli/v1/task_service.js';
import { protoMetadata as volumeServiceMetadata } from '../gen/k8scli/v1/volume_service.js';
import { formatTimestamp, type ProtoTimestamp } from './timestamp.js';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

type Descriptor = NonNullable<typeof taskMetadata.fileDescriptor.messageType>[number];
type Field = NonNullable<Descriptor['field']>[number];

const TYPE_MESSAGE = 11;
const TYPE_ENUM = 14;

const FILES = [taskMetadata, taskServiceMetadata, volumeServiceMetadata, systemMetadata].map(
  (file) => file.fileDescriptor,
);
const MESSAGES = new Map(
  FILES.flatMap((file) => (file.messageType ?? []).map((message) => [`.${file.package}.${message.name}`, message])),
);
const ENUMS = new Map(
  FILES.flatMap((file) => (file.enumType ?? []).map((type) => [`.${file.package}.${type.name}`, type.value ?? []])),
);

/**
 * Writes a message as the REST interface does: the proto's field names, unset fields included, enums by name, times as
 * RFC 3339, 64-bit integers as strings. `typeName` is the message's name in package k8scli.v1, for example TaskStatus.
 */
export function toRestJson(typeName: string, message: object): Json {
  return messageToJson(`.k8scli.v1.${typeName}`, message);
}

function messageToJson(typeName: string, message: unknown): Json {
  if (isTimestamp(message) && typeName === '.google.protobuf.Timestamp') return formatTimestamp(message);
  const descriptor = MESSAGES.get(typeName);
  if (descriptor === undefined || !isRecord(message)) {
    throw new Error(`no descriptor of ${typeName}: it cannot be written as JSON`);
  }
  const json: { [key: string]: Json } = {};
  for (const field of descriptor.field ?? []) {
    const value = message[field.jsonName ?? ''];
    // A field with presence of its own says by its absence that it is unset; everything else is always written.
    if (value === undefined && field.proto3Optional) continue;
    json[field.name ?? ''] = fieldToJson(field, value);
  }
  return json;
}

function fieldToJson(field: Field, value: unknown): Json {
  if (Array.isArray(value)) return value.map((item: unknown) => singleToJson(field, item));
  return value === undefined ? null : singleToJson(field, value);
}

function singleToJson(field: Field, value: unknown): Json {
  // A plain number: the enum it is typed as is in a package of the generator, which is not there at run time.
  const type: number | undefined = field.type;
  if (type === TYPE_MESSAGE) return messageToJson(field.typeName ?? '', value);
  if (type === TYPE_ENUM) {
    const named = ENUMS.get(field.typeName ?? '')?.find(({ number }) => number === value)?.name;
    if (named !== undefined) return named;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new Error(`${field.name}: a value of type ${typeof value} cannot be written as JSON`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTimestamp(value: unknown): value is ProtoTimestamp {
  return isRecord(value) && typeof value['seconds'] === 'bigint' && typeof value['nanos'] === 'number';
}
