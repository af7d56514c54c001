import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import { ClientError } from './errors.js';

/** What is needed to open a channel to a server. */
export interface Endpoint {
  /** gRPC target, for example dns:localhost:8000. */
  readonly target: string;
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  // Finds connections that a firewall or a sleeping laptop dropped without a word.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 5_000,
  // Retries are decided in retry.ts, where it is known which calls may be repeated.
  'grpc.enable_retries': 0,
};

/**
 * Reads the URL of a server: `http://` means plain HTTP/2, `https://` TLS with the system's certificates.
 * Throws a ClientError with code INVALID_ARGUMENT that says what is wrong with the URL.
 */
export function parseEndpoint(url: string): Endpoint {
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
  const port = parsed.port || (secure ? '443' : '80');
  return {
    target: `dns:${parsed.hostname}:${port}`,
    credentials: secure ? credentials.createSsl() : credentials.createInsecure(),
    // A proxy is never the way to this very machine, whatever the environment says.
    options: isLoopback(parsed.hostname) ? { ...CHANNEL_OPTIONS, 'grpc.enable_http_proxy': 0 } : CHANNEL_OPTIONS,
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
}

function badUrl(url: string, why: string): ClientError {
  return new ClientError(`server URL ${JSON.stringify(url)}: ${why}`, {
    code: 'INVALID_ARGUMENT',
    reason: 'BAD_SERVER_URL',
  });
}
