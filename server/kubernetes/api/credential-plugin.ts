/** Credential plugins of a kubeconfig (`users[].user.exec`), run as kubectl runs them: client.authentication.k8s.io, v1 and v1beta1. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Cluster } from '@kubernetes/client-node';

/** What a kubeconfig says of a plugin. */
export interface PluginConfig {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  /** Tells people how to get the command. */
  readonly installHint?: string;
  /** Whether the plugin is told of the cluster. */
  readonly provideClusterInfo?: boolean;
}

/** What a plugin answers: a token, or a certificate with its key as PEM, or both. */
export interface PluginCredentials {
  readonly token: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** How long a plugin may run. Some wait for a person who logs in in a browser, and give up after three minutes themselves. */
const RUN_LIMIT_MS = 200_000;
/** So much may be answered, in characters. Tokens and certificates have some thousands. */
const MAX_OUTPUT_LENGTH = 1024 * 1024;
/** So much of what is said on stderr is kept, in characters. */
const MAX_SAID_LENGTH = 4096;

/**
 * Asks a plugin for credentials. They are kept until they expire, or are renewed, which is for those that were refused. It is killed when
 * it runs for `limitMs`. Throws an error with what the plugin said, or with what is wrong with its answer.
 */
export function credentialPlugin(
  config: PluginConfig,
  cluster: Cluster,
  limitMs = RUN_LIMIT_MS,
): (renew: boolean) => Promise<PluginCredentials> {
  let kept: { readonly credentials: PluginCredentials; readonly untilMs: number } | undefined;
  return async (renew) => {
    if (kept && !renew && Date.now() < kept.untilMs) return kept.credentials;
    kept = undefined;
    kept = readAnswer(await outputOf(config, execInfo(config, cluster), limitMs));
    return kept.credentials;
  };
}

/** What a plugin finds in KUBERNETES_EXEC_INFO. */
function execInfo({ apiVersion, provideClusterInfo }: PluginConfig, cluster: Cluster): object {
  const { caData, caFile } = cluster;
  const told = {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.skipTLSVerify || undefined,
    'certificate-authority-data': caData ?? (caFile && readFileSync(caFile, 'base64')),
    'proxy-url': cluster.proxyUrl,
  };
  const spec = { interactive: false, ...(provideClusterInfo ? { cluster: told } : {}) };
  return { apiVersion, kind: 'ExecCredential', spec };
}

/** Runs the plugin to its end; answers with its output. */
function outputOf({ command, args, env, installHint }: PluginConfig, info: object, limitMs: number): Promise<string> {
  if (!command) return Promise.reject(new Error('its exec has no command'));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args ?? [], {
      env: {
        ...process.env,
        ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: JSON.stringify(info),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: what the plugin has started can be killed with it.
      detached: true,
    });
    let output = '';
    let said = '';
    const kill = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const giveUp = (why: string): void => {
      kill();
      // Something that left the group may still hold them.
      child.stdout.destroy();
      child.stderr.destroy();
      settle();
      reject(new Error(why));
    };
    const timer = setTimeout(() => giveUp(`it did not end within ${Math.round(limitMs / 1000)} s`), limitMs);
    // In a group of its own it would outlive a server that is ended by a Ctrl+C.
    process.once('exit', kill);
    const settle = (): void => {
      clearTimeout(timer);
      process.removeListener('exit', kill);
    };
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
      if (output.length > MAX_OUTPUT_LENGTH) giveUp(`it wrote more than ${MAX_OUTPUT_LENGTH} characters`);
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      said = (said + piece).slice(0, MAX_SAID_LENGTH);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      settle();
      const missing = 'the command is not found';
      reject(error.code === 'ENOENT' ? new Error(installHint ? `${missing}. ${installHint}` : missing) : error);
    });
    child.once('close', (code, signal) => {
      settle();
      if (code === 0) resolve(output);
      else reject(new Error(said || (signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`)));
    });
  });
}

function readAnswer(output: string): { readonly credentials: PluginCredentials; readonly untilMs: number } {
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = statusOf(output);
  if (!token && !cert && !key) throw new Error('its answer has neither a token nor a certificate');
  if (!cert !== !key) throw new Error('its answer has only one of certificate and key');
  const untilMs = expirationTimestamp ? Date.parse(expirationTimestamp) : Infinity;
  return { credentials: { token, cert, key }, untilMs };
}

interface Status {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  readonly expirationTimestamp?: string;
}

function statusOf(output: string): Status {
  try {
    return (JSON.parse(output) as { readonly status?: Status }).status ?? {};
  } catch {
    // What is not JSON is not shown: there may be a token in it.
    throw new Error('its answer is not JSON');
  }
}
