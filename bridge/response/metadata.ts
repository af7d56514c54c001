/** gRPC metadata -> response headers and trailers. */

import type { Metadata, MetadataValue } from '../metadata.js';
import { canonicalHeader } from '../request/headers.js';

/** Flat list of header names and values, as `writeHead` takes it. */
export type HeaderList = string[];

/** Adds header metadata as `Grpc-Metadata-<Key>`. */
export function addMetadataHeaders(headers: HeaderList, metadata: Metadata | undefined): void {
  for (const [key, value] of metadata ?? []) headers.push(canonicalHeader(`grpc-metadata-${key}`), headerValue(value));
}

/** Trailer metadata as `Grpc-Trailer-<Key>` pairs, in order. */
export function trailerPairs(metadata: Metadata | undefined): [string, string][] {
  return [...(metadata ?? [])].map(([key, value]) => [canonicalHeader(`grpc-trailer-${key}`), headerValue(value)]);
}

/** Text or bytes as they stand in a header: UTF-8, with line ends as spaces. */
export function headerValue(value: MetadataValue): string {
  // Node writes header characters as single bytes, so each has to be one byte of the UTF-8 text.
  return Buffer.from(value)
    .toString('latin1')
    .replace(/[\r\n]/g, ' ');
}
