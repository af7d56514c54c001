/** The context of a call that came over gRPC. */

import type { EventEmitter } from 'node:events';
import type {
  Metadata as GrpcMetadata,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import type { CallContext } from '../../../bridge/handler.js';
import { fromGrpc, toGrpc } from '../../../bridge/grpc-metadata.js';

/** A call of the kinds that are served. */
export type GrpcCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** A context, and the trailing metadata that the handler has set. */
export interface GrpcContext {
  readonly context: CallContext;
  readonly trailer: () => GrpcMetadata | undefined;
  /** To be called when the call has been answered. */
  readonly answered: () => void;
}

/** Makes the context of a call. */
export function contextOf(call: GrpcCall): GrpcContext {
  const gone = new AbortController();
  const deadline = deadlineOf(call);
  const onCancelled = (): void => {
    const late = deadline !== undefined && deadline.getTime() <= Date.now();
    gone.abort(late ? new DOMException('deadline exceeded', 'TimeoutError') : undefined);
  };
  // The kinds of calls have no common type for this.
  const events: EventEmitter = call;
  events.on('cancelled', onCancelled);
  let trailer: GrpcMetadata | undefined;
  const context: CallContext = {
    method: call.getPath(),
    metadata: fromGrpc(call.metadata),
    peer: call.getPeer(),
    deadline,
    signal: gone.signal,
    sendHeader: (header) => call.sendMetadata(toGrpc(header)),
    setTrailer: (metadata) => {
      trailer = toGrpc(metadata);
    },
  };
  // grpc-js emits this at the end of every call, and to abort takes time that submissions would wait for.
  const answered = (): void => {
    events.off('cancelled', onCancelled);
  };
  return { context, trailer: () => trailer, answered };
}

function deadlineOf(call: GrpcCall): Date | undefined {
  const deadline = call.getDeadline();
  if (deadline instanceof Date) return deadline;
  return Number.isFinite(deadline) ? new Date(deadline) : undefined;
}
