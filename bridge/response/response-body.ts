/** What of a response message is the body: all of it, or one field (`response_body`). */

import type { Write } from '../json/writer.js';
import type { Marshaler } from '../marshalers.js';
import type { Route } from '../routes.js';

/** Writer of a route's bodies. */
export function bodyWriter(route: Route, { writer }: Marshaler): Write {
  const { responseBody } = route;
  if (!responseBody) return writer.message(route.rpc.output);
  const write = writer.value(responseBody);
  return (message) => write(message[responseBody.key]);
}
