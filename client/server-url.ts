import { ClientError } from './errors.js';

/** Where a server listens. */
export interface ServerAddress {
  readonly secure: boolean;
  /** IPv6 addresses are in brackets. */
  readonly host: string;
  readonly port: string;
}

/**
 * Reads the URL of a server: `http://` means plain HTTP/2, `https://` TLS; the port is 80 or 443 unless given.
 * Throws a ClientError with code INVALID_ARGUMENT that says what is wrong with the URL.
 */
export function parseServerUrl(url: string): ServerAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw badUrl(url, 'it must look like http://localhost:8000 or https://host');
  }
  if (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '') {
    throw badUrl(url, 'it must end after the host and port');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw badUrl(url, 'it must not contain a user or password');
  }
  const secure = parsed.protocol === 'https:';
  return { secure, host: parsed.hostname, port: parsed.port || (secure ? '443' : '80') };
}

function badUrl(url: string, why: string): ClientError {
  return new ClientError(`server URL ${JSON.stringify(url)}: ${why}`, {
    code: 'INVALID_ARGUMENT',
    reason: 'BAD_SERVER_URL',
  });
}
