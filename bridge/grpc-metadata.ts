/** Metadata of grpc-js <-> neutral metadata. */

import { Metadata as GrpcMetadata } from '@grpc/grpc-js';
import { Metadata } from './metadata.js';

/** Metadata that came over gRPC. */
export function fromGrpc(metadata: GrpcMetadata): Metadata {
  const result = new Metadata();
  for (const key of Object.keys(metadata.getMap())) {
    for (const value of metadata.get(key)) result.append(key, value);
  }
  return result;
}

/** Metadata to send over gRPC. */
export function toGrpc(metadata: Metadata): GrpcMetadata {
  const result = new GrpcMetadata();
  for (const [key, value] of metadata) result.add(key, typeof value === 'string' ? value : Buffer.from(value));
  return result;
}
