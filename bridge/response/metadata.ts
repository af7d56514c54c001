/** gRPC metadata -> response headers and trailers. */

import { trim } from '../http/fields.js';
import type { HeaderList } from '../http/response.js';
import type { Metadata, MetadataValue } from '../metadata.js';
import { canonicalHeader } from '../request/headers.js';

/** Adds header metadata as `Grpc-Metadata-<Key>`. */
export function addMetadataHeaders(headers: HeaderList, metadata: Metadata | undefined): void {
  for (const [key, value] of metadata ?? []) headers.push(canonicalHeader(`grpc-metadata-${key}`), headerValue(value));
}

/** Trailer metadata as `Grpc-Trailer-<Key>` pairs, in order. */
export function trailerPairs(metadata: Metadata | undefined): [string, string][] {
  return [...(metadata ?? [])].map(([key, value]) => [canonicalHeader(`grpc-trailer-${key}`), headerValue(value)]);
}

/** Text or bytes as they stand in a header: each character one byte of the UTF-8 text, line ends as spaces. */
export function headerValue(value: MetadataValue): string {
  return trim(
    Buffer.from(value)
      .toString('latin1')
      .replace(/[\r\n]/g, ' '),
  );
}
