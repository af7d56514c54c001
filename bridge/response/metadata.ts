/** gRPC metadata -> response headers and trailers. */

import { trim } from '../http/fields.js';
import type { HeaderList } from '../http/response.js';
import type { Metadata, MetadataValue } from '../metadata.js';
import { canonicalHeader } from '../request/headers.js';

/** Adds header metadata as `Grpc-Metadata-<Key>`. */
export function addMetadataHeaders(headers: HeaderList, metadata: Metadata | undefined): void {
  for (const [key, value] of sorted(metadata))
    headers.push(canonicalHeader(`grpc-metadata-${key}`), headerValue(value));
}

/** Trailer metadata as `Grpc-Trailer-<Key>` pairs. */
export function trailerPairs(metadata: Metadata | undefined): [string, string][] {
  return sorted(metadata).map(([key, value]) => [canonicalHeader(`grpc-trailer-${key}`), headerValue(value)]);
}

/** Go sends header fields in the order of their names. */
function sorted(metadata: Metadata | undefined): [string, MetadataValue][] {
  return metadata ? [...metadata].toSorted(([left], [right]) => (left < right ? -1 : Number(left > right))) : [];
}

/** Text or bytes as they stand in a header: each character one byte of the UTF-8 text, line ends as spaces. */
export function headerValue(value: MetadataValue): string {
  return trim(
    Buffer.from(value)
      .toString('latin1')
      .replace(/[\r\n]/g, ' '),
  );
}
