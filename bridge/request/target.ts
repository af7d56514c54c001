/** The target of a request line. */

import { isIPv6 } from 'node:net';

/** A path, still escaped, and a query. */
export interface Target {
  /** In absolute form the host that is asked for; empty otherwise. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** Who asks (`user:password@`) is not part of the host. */
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/?]*@)?([^/?]*)/;

const NAME = /^(?:[\w.~!$&'()*+,;=-]|%[89A-Fa-f][0-9A-Fa-f])*(?::\d*)?$/;
const ADDRESS = /^\[([^\]]*)\](?::\d*)?$/;

/** Whether a host that stands in a target is one for Go: a name or an address of version 6, and perhaps a port. */
export function isHost(host: string): boolean {
  return NAME.test(host) || isIPv6(ADDRESS.exec(host)?.[1] ?? '');
}

/** Splits a request target in origin or absolute form. A path without a slash in front is left as it is. */
export function parseTarget(url: string): Target {
  const [absolute = '', host = ''] = url.startsWith('/') ? [] : (ABSOLUTE.exec(url) ?? []);
  const rest = url.slice(absolute.length);
  const question = rest.indexOf('?');
  if (question < 0) return { host, path: rest, query: '' };
  return { host, path: rest.slice(0, question), query: rest.slice(question + 1) };
}
