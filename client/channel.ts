import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import { parseServerUrl } from './server-url.js';

/** What is needed to open a channel to a server. */
export interface Endpoint {
  /** gRPC target, for example dns:localhost:8000. */
  readonly target: string;
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** What a server may send ahead of its reader. With the 64 KiB of HTTP/2 it would wait for each message of a log to be taken. */
const WINDOW_BYTES = 1024 * 1024;

const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  'grpc-node.flow_control_window': WINDOW_BYTES,
  // Finds connections that a firewall or a sleeping laptop dropped without a word.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 3_000,
  // Statistics that nobody here reads, kept for every call.
  'grpc.enable_channelz': 0,
  // Retries are decided in retry.ts, where it is known which calls may be repeated.
  'grpc.enable_retries': 0,
};

/** Endpoint for the URL of a server, with the system's certificates for https://. Throws a ClientError for a bad URL. */
export function createEndpoint(url: string): Endpoint {
  const { secure, host, port } = parseServerUrl(url);
  return {
    target: `dns:${host}:${port}`,
    credentials: secure ? credentials.createSsl() : credentials.createInsecure(),
    // A proxy is never the way to this very machine, whatever the environment says.
    options: isLoopback(host) ? { ...CHANNEL_OPTIONS, 'grpc.enable_http_proxy': 0 } : CHANNEL_OPTIONS,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host.startsWith('127.');
}
