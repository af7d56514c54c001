/** The target of a request line, taken apart as Go's net/url does it for a server. */

import { isIPv6 } from 'node:net';
import { badEscape } from '../unescape.js';

/** A path, still escaped, and a query. */
export interface Target {
  /** In absolute form the host that is asked for; empty otherwise. */
  readonly host: string;
  /** Empty where the target has none, as `host:port` behind CONNECT; `*` stands for itself. */
  readonly path: string;
  /** Each character is a byte. */
  readonly query: string;
}

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/;
// oxlint-disable-next-line no-control-regex -- as above
const NOT_ASCII = /[^\x00-\x7f]/;
const ALL_NOT_ASCII = new RegExp(NOT_ASCII, 'g');
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
const USER = /^[\w.~!$&'()*+,;=:%@-]*$/;
const NAME = /^(?:[\w.~!$&'()*+,;=:<>"\]-]|[\x80-\xff]|%(?:25|[89A-Fa-f][0-9A-Fa-f]))*$/;
/** An address, and perhaps the zone in which it counts. */
const ADDRESS = /^\[([^%]*)(?:%25(.+))?\](?::\d*)?$/s;
const ZONE = /^(?:[\w.~!$&'()*+,;=:<>"[\]-]|[\x80-\xff])*$/;
/** What may be escaped in a zone. */
const IN_ZONE = /[\w.~!$&'()*+,;=:<>"[\] %-]/;
const ESCAPE = /%([0-9A-Fa-f]{2})/g;
const PORT = /^(?::\d*)?$/;

/** Splits a target in any of its forms; each character of it is a byte. Undefined for what is none. */
export function parseTarget(text: string, method = ''): Target | undefined {
  if (CONTROL.test(text)) return undefined;
  if (text.startsWith('/')) return split(text, '');
  if (text === '*' && method !== 'CONNECT') return { host: '', path: '*', query: '' };
  const absolute = method === 'CONNECT' ? `http://${text}` : text;
  const scheme = SCHEME.exec(absolute)?.[1];
  if (scheme === undefined) return undefined;
  const rest = absolute.slice(scheme.length + 1);
  if (!rest.startsWith('/')) return { host: '', path: '', query: split(`/${rest}`, '')?.query ?? '' };
  if (!rest.startsWith('//')) return split(rest, '');
  const [authority = ''] = /^[^/?]*/.exec(rest.slice(2)) ?? [];
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (!isHost(host, scheme.toLowerCase())) return undefined;
  if (at >= 0 && !isUser(authority.slice(0, at))) return undefined;
  return split(rest.slice(2 + authority.length), host.replace(ESCAPE, byteOf));
}

function byteOf(_: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function split(text: string, host: string): Target | undefined {
  const question = text.indexOf('?');
  const path = question < 0 ? text : text.slice(0, question);
  if (badEscape(path) !== undefined) return undefined;
  return { host, path: escapeBytes(path), query: question < 0 ? '' : text.slice(question + 1) };
}

/** Bytes outside of ASCII, escaped in lower case: as Go would not have done it, so that they count as unusual there too. */
function escapeBytes(path: string): string {
  if (!NOT_ASCII.test(path)) return path;
  return path.replace(ALL_NOT_ASCII, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}

function isUser(text: string): boolean {
  return USER.test(text) && badEscape(text) === undefined;
}

/** Whether Go takes a host: a name or an address of version 6, and perhaps a port. */
function isHost(host: string, scheme: string): boolean {
  const open = host.lastIndexOf('[');
  if (open > 0) return false;
  if (open === 0) {
    const [, address = '', zone = ''] = ADDRESS.exec(host) ?? [];
    return isIPv6(address) && isZone(zone);
  }
  const strict = scheme === 'http' || scheme === 'https';
  const colon = strict ? host.indexOf(':') : host.lastIndexOf(':');
  return NAME.test(host) && (colon < 0 || PORT.test(host.slice(colon)));
}

function isZone(text: string): boolean {
  return ZONE.test(text.replace(ESCAPE, (escape, hex: string) => (IN_ZONE.test(byteOf(escape, hex)) ? '-' : escape)));
}
