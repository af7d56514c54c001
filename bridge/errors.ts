/** Why a request ends without its handler: statuses in the gateway's words. */

import type { Router, Routable } from './router.js';
import { Code, StatusError } from './status.js';

/** Why a call ends whose caller has gone, in the gateway's words. */
export function canceled(): StatusError {
  return new StatusError(Code.CANCELLED, 'context canceled');
}

/** Why a target without a path leads nowhere. */
export function badTarget(): StatusError {
  return new StatusError(Code.INVALID_ARGUMENT, 'Bad Request');
}

/** Why there is no route: the path is not known, or only under other methods. */
export function noRoute(router: Router<Routable>, path: string): StatusError {
  if (router.knows(path)) return new StatusError(Code.UNIMPLEMENTED, 'Method Not Allowed');
  return new StatusError(Code.NOT_FOUND, 'Not Found');
}
