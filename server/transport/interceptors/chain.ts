/** The interceptors of every call, over gRPC and HTTP alike, and their order. */

import type { AnyHandler, ServiceDefinition } from '../../../bridge/handler.js';
import { draining } from './draining.js';
import { errors, type Report } from './errors.js';
import { identity } from './identity.js';
import { token } from './token.js';

/** What the interceptors need. */
export interface ChainOptions {
  /** Aborted when the server begins to stop. */
  readonly stopping: AbortSignal;
  readonly report: Report;
  /** What callers have to know; undefined where anybody may call. */
  readonly token: string | undefined;
  /** Full names of methods that need neither token nor identity. */
  readonly anonymous: ReadonlySet<string>;
}

/** The handlers of a service behind the interceptors: draining, errors, token, identity, then the handler itself. */
export function intercept(
  definition: ServiceDefinition,
  handlers: Readonly<Record<string, AnyHandler>>,
  options: ChainOptions,
): Record<string, AnyHandler> {
  const methods = Object.values(definition);
  const streams = new Set(methods.flatMap((method) => (method.responseStream ? [method.path] : [])));
  const chain = [
    draining(streams, options.stopping),
    errors(streams, options.report),
    token(options.token, options.anonymous),
    identity(options.anonymous),
  ];
  return Object.fromEntries(
    Object.keys(definition).map((key) => {
      const handler = handlers[key];
      if (!handler) throw new Error(`no handler for ${key}`);
      return [key, chain.reduceRight((next, interceptor) => interceptor(next), handler)];
    }),
  );
}
