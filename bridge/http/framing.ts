/** What the head of a request says of its body and of the connection: the checks of Go's server, in its order. */

import { hasElement, hasWord, trim } from './fields.js';
import type { Head } from './head.js';
import { badRequest, Refusal } from './refusal.js';

/** Characters that Go takes in a Host header; what they make is nobody's business. */
const HOST = /^[\w!$%&'()*+,\-.:;=[\]~]*$/;
const DIGITS = /^\d+$/;
/** So many digits are never too large. */
const SAFE_DIGITS = 15;
/** Fields that may not come behind a body. */
const NO_TRAILER = ['transfer-encoding', 'trailer', 'content-length'];

/** How a request goes on behind its head. */
export interface Framing {
  /** Bytes of the body; undefined where it comes in chunks. */
  readonly length: number | undefined;
  /** The caller wants the connection to end with the answer. */
  readonly closes: boolean;
  /** It knows HTTP/1.0 only, and wants to keep the connection. */
  readonly keeps: boolean;
  /** What it expects before it sends the body; empty for nothing. */
  readonly expects: string;
}

/** The fields that count. Of those that may come several times, all values; most requests have none of them. */
interface Counting {
  host: string | undefined;
  hosts: number;
  lengths: readonly string[];
  encodings: readonly string[];
  connections: readonly string[];
  trailers: readonly string[];
  expects: string | undefined;
  badName: boolean;
}

const NONE: readonly string[] = [];

/** Reads the framing of a request. Throws a {@link Refusal} for what Go's server does not hand on. */
export function framingOf({ method, rawTarget, version, fields }: Head): Framing {
  const counting = count(fields);
  const { host, hosts, connections } = counting;
  if (hosts > 1) throw badRequest();
  const chunked = version >= 11 && isChunked(counting.encodings);
  const length = lengthOf(counting.lengths);
  if (chunked && counting.trailers.some(namesForbidden)) throw badRequest();
  const isPreface = version === 20 && method === 'PRI' && rawTarget === '*';
  if (Math.floor(version / 10) !== 1 && !isPreface) {
    throw new Refusal('505 HTTP Version Not Supported: unsupported protocol version');
  }
  const upgrades = isPreface && fields.length === 0;
  if (version >= 11 && hosts === 0 && method !== 'CONNECT' && !upgrades) {
    throw badRequest('missing required Host header');
  }
  if (host !== undefined && !HOST.test(host)) throw badRequest('malformed Host header');
  if (counting.badName) throw badRequest('invalid header name');
  const [connection] = connections;
  const keeps = version === 10 && connection !== undefined && hasWord(connection, 'keep-alive');
  const closes = connection !== undefined && (hasWord(connection, 'close') || hasElement(connections, 'close'));
  return {
    length: chunked ? undefined : (length ?? 0),
    closes: !keeps && (closes || upgrades || version === 10),
    keeps,
    expects: counting.expects ?? '',
  };
}

function count(fields: readonly string[]): Counting {
  const counting: Counting = {
    host: undefined,
    hosts: 0,
    lengths: NONE,
    encodings: NONE,
    connections: NONE,
    trailers: NONE,
    expects: undefined,
    badName: false,
  };
  for (let at = 0; at < fields.length; at += 2) {
    const value = fields[at + 1] ?? '';
    switch (fields[at] ?? '') {
      case 'host':
        counting.host ??= value;
        counting.hosts += 1;
        break;
      case 'content-length':
        counting.lengths = [...counting.lengths, value];
        break;
      case 'transfer-encoding':
        counting.encodings = [...counting.encodings, value];
        break;
      case 'connection':
        counting.connections = [...counting.connections, value];
        break;
      case 'trailer':
        counting.trailers = [...counting.trailers, value];
        break;
      case 'expect':
        counting.expects ??= value;
        break;
      default:
        if (fields[at]?.includes(' ')) counting.badName = true;
    }
  }
  return counting;
}

/** One encoding is known, and only alone: what two readers of a request could take for different lengths is refused. */
function isChunked(encodings: readonly string[]): boolean {
  if (encodings.length === 0) return false;
  if (encodings.length === 1 && encodings[0]?.toLowerCase() === 'chunked') return true;
  throw new Refusal('501 Not Implemented', 'Unsupported transfer encoding');
}

function lengthOf(values: readonly string[]): number | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  if (!DIGITS.test(first) || (values.length > 1 && values.some((value) => value !== first))) throw badRequest();
  if (first.length > SAFE_DIGITS && BigInt(first) >= 2n ** 63n) throw badRequest();
  return Number(first);
}

function namesForbidden(list: string): boolean {
  return list.split(',').some((name) => NO_TRAILER.includes(trim(name).toLowerCase()));
}
