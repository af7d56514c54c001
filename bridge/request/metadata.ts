/** Request headers -> gRPC metadata. */

import { type Fields, valuesOf } from '../http/fields.js';
import { base64Error, parseStandardBase64 } from '../json/base64.js';
import { Metadata, type MetadataValue } from '../metadata.js';
import { Code, StatusError } from '../status.js';
import { canonicalHeader } from './headers.js';

/** Gives a header (lower case) its metadata key; undefined when it is not passed on. */
export type HeaderMatcher = (name: string) => string | undefined;

/**
 * Headers that IANA lists as permanent and the gateway passes on, each with its key. Host is not among them: it becomes
 * x-forwarded-host.
 */
const PERMANENT = new Map(
  [
    'accept',
    'accept-charset',
    'accept-language',
    'accept-ranges',
    'authorization',
    'cache-control',
    'content-type',
    'cookie',
    'date',
    'expect',
    'from',
    'if-match',
    'if-modified-since',
    'if-none-match',
    'if-schedule-tag-match',
    'if-unmodified-since',
    'max-forwards',
    'origin',
    'pragma',
    'referer',
    'user-agent',
    'via',
    'warning',
  ].map((name) => [name, `grpcgateway-${name}`] as const),
);

/** Keys that gRPC keeps for itself; it drops those of callers. */
const RESERVED = new Set([
  'content-type',
  'user-agent',
  'te',
  'host',
  'grpc-encoding',
  'grpc-message',
  'grpc-message-type',
  'grpc-status',
  'grpc-timeout',
]);

const PRINTABLE = /^[\x20-\x7e]*$/;
const LEGACY_PREFIX = 'grpc-metadata-';

/** The gateway's default: permanent headers, as `grpcgateway-<name>`. */
export function defaultHeaderMatcher(name: string): string | undefined {
  return PERMANENT.get(name);
}

/** The default of gateways before 2.33: also `Grpc-Metadata-<key>`, as `<key>`. Lets callers set any metadata. */
export function legacyHeaderMatcher(name: string): string | undefined {
  if (!name.startsWith(LEGACY_PREFIX)) return defaultHeaderMatcher(name);
  const key = name.slice(LEGACY_PREFIX.length);
  return key.startsWith('grpcgateway-') ? undefined : key;
}

/**
 * Metadata of a request. A host in the request line (`targetHost`) goes before the header. Throws INVALID_ARGUMENT for a `-bin`
 * header that is not base64.
 */
export function requestMetadata(
  fields: Fields,
  targetHost: string,
  remoteAddress: string,
  match: HeaderMatcher,
): Metadata {
  const metadata = new Metadata();
  const forwardedFor: string[] = [];
  let forwardedHost: string | undefined;
  let host = targetHost;
  let pragma: string | undefined;
  let cacheControl = false;
  for (const value of valuesOf(fields, 'authorization')) {
    if (PRINTABLE.test(value)) metadata.append('authorization', value);
  }
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] ?? '';
    const value = fields[at + 1] ?? '';
    if (name === 'x-forwarded-for') {
      if (PRINTABLE.test(value)) forwardedFor.push(value);
    } else if (name === 'x-forwarded-host') forwardedHost ??= value;
    else if (name === 'host') host ||= value;
    else {
      if (name === 'cache-control') cacheControl = true;
      else if (name === 'pragma') pragma ??= value;
      addHeader(metadata, name, value, match);
    }
  }
  // So does Go's server, for callers that know HTTP/1.0 only.
  if (pragma === 'no-cache' && !cacheControl) addHeader(metadata, 'cache-control', 'no-cache', match);
  if (forwardedHost && PRINTABLE.test(forwardedHost)) metadata.append('x-forwarded-host', forwardedHost);
  else if (host !== '' && PRINTABLE.test(host)) metadata.append('x-forwarded-host', host);
  if (remoteAddress !== '') forwardedFor.push(remoteAddress);
  if (forwardedFor.length > 0) metadata.append('x-forwarded-for', forwardedFor.join(', '));
  return metadata;
}

function addHeader(metadata: Metadata, name: string, value: string, match: HeaderMatcher): void {
  const key = match(name)?.toLowerCase();
  // The bridge itself says who was forwarded for whom; callers may not slip that in through another name.
  if (key === undefined || key === 'x-forwarded-for' || key === 'x-forwarded-host') return;
  if (RESERVED.has(key) || !/^[0-9a-z._-]*$/.test(key)) return;
  if (name.endsWith('-bin')) metadata.append(key, binaryValue(name, key, value));
  else if (!PRINTABLE.test(value)) return;
  else if (key === '') throw new StatusError(Code.INTERNAL, 'there is an empty key in the header');
  else metadata.append(key, value);
}

/** The bytes of a `-bin` header; text where the header is called so, but not the key. */
function binaryValue(name: string, key: string, value: string): MetadataValue {
  const bytes = parseStandardBase64(value, value.length % 4 === 0);
  if (typeof bytes === 'number') {
    const text = `invalid binary header ${canonicalHeader(name)}: ${base64Error(bytes)}`;
    throw new StatusError(Code.INVALID_ARGUMENT, text);
  }
  if (key.endsWith('-bin')) return bytes;
  const text = bytes.toString('latin1');
  if (PRINTABLE.test(text)) return text;
  throw new StatusError(Code.INTERNAL, `header key "${key}" contains value with non-printable ASCII characters`);
}
