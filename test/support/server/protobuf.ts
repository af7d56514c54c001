import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A message of fields that have bytes or a text each. */
function message(...fields: readonly (readonly [number: number, value: Uint8Array | string])[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, value] of fields) {
    writer.tag(number, WireType.LengthDelimited);
    if (typeof value === 'string') writer.string(value);
    else writer.bytes(value);
  }
  return writer.finish();
}

/** An object, given without its kind, as the Kubernetes API answers with it in protobuf. */
export function objectBytes(kind: string, raw: Uint8Array): Buffer {
  const envelope = message([1, message([1, 'v1'], [2, kind])], [2, raw], [3, ''], [4, '']);
  return Buffer.concat([Buffer.from('k8s\0'), envelope]);
}

/** A list of objects of this kind. */
export function listBytes(
  kind: string,
  { resourceVersion, next = '' }: { readonly resourceVersion: string; readonly next?: string },
  items: readonly Uint8Array[],
): Buffer {
  const metadata = message([1, ''], [2, resourceVersion], [3, next]);
  return objectBytes(`${kind}List`, message([1, metadata], ...items.map((item) => [2, item] as const)));
}

/** An event of a watch, after its length. */
export function eventBytes(type: string, kind: string, raw: Uint8Array): Buffer {
  const event = message([1, type], [2, message([1, objectBytes(kind, raw)])]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}

/** A metav1.Status. */
export function statusBytes(code: number, reason: string, text: string): Uint8Array {
  const rest = new BinaryWriter().tag(6, WireType.Varint).int32(code).finish();
  return Buffer.concat([message([2, 'Failure'], [3, text], [4, reason]), rest]);
}
