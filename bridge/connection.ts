/** Which calls a connection waits for, and what becomes of them when it goes. */

import type { Socket } from 'node:net';
import type { Call } from './call.js';
import { Code, StatusError } from './status.js';

const callsOf = new WeakMap<Socket, Set<Call>>();

/** The calls that came over a connection and have not ended. They are aborted when the other side closes it, or its half. */
export function callsOn(connection: Socket): Set<Call> {
  return callsOf.get(connection) ?? watch(connection);
}

function watch(connection: Socket): Set<Call> {
  const calls = new Set<Call>();
  callsOf.set(connection, calls);
  const abort = (): void => {
    for (const call of calls) call.abort(new StatusError(Code.CANCELLED, 'context canceled'));
  };
  // As with Go, a caller that closes its half has gone, and is answered so. That has to be written before node:http's own
  // listener closes the other half.
  connection.prependListener('end', abort);
  connection.on('close', abort);
  return calls;
}
