import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { StatusError } from '../store/status-error.js';

const localHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Makes the check every request has to pass: for this machine by name (a web page that rebinds its name to loopback is
 * not), not from a web page, and with the token. Throws Forbidden or Unauthorized.
 */
export function createGuard(token: string): (headers: IncomingHttpHeaders) => void {
  const expected = digest(token);
  return ({ host = '', origin, authorization = '' }) => {
    if (!localHosts.has(host.toLowerCase().replace(/:\d+$/, ''))) {
      throw new StatusError(403, 'Forbidden', `forbidden: host ${JSON.stringify(host)} is not this machine`, {});
    }
    if (origin !== undefined) throw new StatusError(403, 'Forbidden', 'forbidden: web pages have no access', {});
    const [scheme = '', given = ''] = authorization.split(' ');
    if (scheme.toLowerCase() !== 'bearer' || !timingSafeEqual(digest(given), expected)) {
      throw new StatusError(401, 'Unauthorized', 'Unauthorized');
    }
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
