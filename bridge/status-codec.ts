/** google.rpc.Status in its binary encoding, of which the bridge has no generated code. */

import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { AnyMessage, StatusError } from './status.js';

/** Bytes of a google.rpc.Status. */
export function encodeStatus({ code, message, details }: StatusError): Uint8Array {
  const writer = new BinaryWriter();
  if (code !== 0) writer.uint32(8).int32(code);
  if (message !== '') writer.uint32(18).string(message);
  for (const { typeUrl, value } of details) {
    writer.uint32(26).fork();
    if (typeUrl !== '') writer.uint32(10).string(typeUrl);
    if (value.length > 0) writer.uint32(18).bytes(value);
    writer.join();
  }
  return writer.finish();
}

/** The details that the bytes of a google.rpc.Status hold. Throws an Error when they are none. */
export function decodeDetails(bytes: Uint8Array): AnyMessage[] {
  const reader = new BinaryReader(bytes);
  const details: AnyMessage[] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 3 && wire === WireType.LengthDelimited) details.push(decodeAny(reader.bytes()));
    else reader.skip(wire, field);
  }
  return details;
}

function decodeAny(bytes: Uint8Array): AnyMessage {
  const reader = new BinaryReader(bytes);
  let typeUrl = '';
  let value: Uint8Array = new Uint8Array();
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1 && wire === WireType.LengthDelimited) typeUrl = reader.string();
    else if (field === 2 && wire === WireType.LengthDelimited) value = reader.bytes();
    else reader.skip(wire, field);
  }
  return { typeUrl, value };
}
