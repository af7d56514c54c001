/**
 * Whether a request comes from where it says. A web page that the user has open can send requests to loopback too, directly or
 * through a name that it lets point there; whoever reaches this API can run programs. Such requests name a foreign Origin or Host.
 */

import { type Fields, firstOf } from '../../../bridge/http/fields.js';

/**
 * Why a request with these header fields to a server on loopback is refused; undefined when it is not. Origins that are
 * `allowed` are not foreign.
 */
export function foreignOrigin(fields: Fields, allowed: readonly string[] = []): string | undefined {
  const host = firstOf(fields, 'host');
  const origin = firstOf(fields, 'origin');
  if (host !== undefined && !isLoopbackHost(host)) {
    return `Host ${printable(host)} is not this server's; use localhost or 127.0.0.1`;
  }
  if (origin !== undefined && !isLoopbackOrigin(origin) && !allowed.includes(origin)) {
    return `requests of web pages from ${printable(origin)} are refused`;
  }
  return undefined;
}

function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
}

function isLoopbackOrigin(origin: string): boolean {
  const match = /^https?:\/\/(.+)$/i.exec(origin);
  return match?.[1] !== undefined && isLoopbackHost(match[1]);
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
