/** StatusError -> what grpc-js sends: code, message, and the details in `grpc-status-details-bin`. */

import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { StatusError } from '../../../bridge/status.js';
import { Status } from '../../../gen/google/rpc/status.js';

/** The error object that grpc-js expects. `trailer` is what the handler set. */
export function grpcError(error: unknown, trailer: Metadata | undefined): Partial<ServiceError> {
  const metadata = trailer ?? new Metadata();
  if (!(error instanceof StatusError)) return { code: status.INTERNAL, details: 'internal error', metadata };
  const { code, message, details } = error;
  if (details.length > 0) {
    const encoded = Status.encode({
      code,
      message,
      details: details.map(({ typeUrl, value }) => ({ typeUrl, value: Buffer.from(value) })),
    }).finish();
    metadata.set('grpc-status-details-bin', Buffer.from(encoded));
  }
  return { code, details: message, metadata };
}
