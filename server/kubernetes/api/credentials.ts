/** Which cluster, and who we are there: kubeconfig, in-cluster service account, tokens that are renewed. */

import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { messageOf } from '../../message-of.js';
import { untilAborted } from '../../until-aborted.js';
import { credentialPlugin, type PluginConfig, type PluginCredentials } from './credential-plugin.js';
import { KubernetesError, NOT_SENT } from './errors.js';
import type { Limits } from './exchange.js';

/** Where the cluster's configuration comes from. */
export type ClusterSource =
  | { readonly kind: 'in-cluster' }
  | { readonly kind: 'kubeconfig'; readonly path: string | undefined; readonly context: string | undefined };

/** What a connection to the API server needs. */
export interface Credentials {
  /** Headers of each request: the authorization. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca?: string | Buffer;
    readonly cert?: string | Buffer;
    readonly key?: string | Buffer;
    readonly servername?: string;
    readonly rejectUnauthorized?: boolean;
  };
  /** Changes when `tls` does: connections made with other material have to go. */
  readonly tlsKey: string;
}

/** A cluster's address and the credentials for it. */
export interface ClusterConfig {
  /** Base URL of the API server, without a trailing slash. */
  readonly server: string;
  readonly proxyUrl: string | undefined;
  /** Namespace of the context; undefined when it names none. */
  readonly namespace: string | undefined;
  /** For messages: the context, or `in-cluster`. */
  readonly name: string;
  /**
   * Present credentials; `renew` reads them anew, after a 401. Throws a {@link KubernetesError} where they do not come in time, or the
   * signal's reason.
   */
  credentials(renew: boolean, limits: Limits): Promise<Credentials>;
}

/** Credentials are looked up again after so long: a rotated token or certificate is picked up without a restart. */
const CREDENTIALS_TTL_MS = 10_000;
/** How long they may take. A plugin that asks a server in a VPN that is off may never answer. */
const CREDENTIALS_TIMEOUT_MS = 10_000;
/** So much of what a plugin says is passed on, in characters. */
const MAX_REASON_LENGTH = 500;

/** Reads the configuration; credentials may take `timeoutMs`. Throws an error that says what is missing. */
export function loadClusterConfig(source: ClusterSource, timeoutMs = CREDENTIALS_TIMEOUT_MS): ClusterConfig {
  const config = new KubeConfig();
  if (source.kind === 'in-cluster') loadFromPod(config);
  else {
    load(config, source.path);
    if (source.context !== undefined) {
      if (!config.getContextObject(source.context)) {
        const known = config.getContexts().map((context) => context.name);
        throw new Error(`the kubeconfig has no context "${source.context}"; it has ${known.join(', ') || 'none'}`);
      }
      config.setCurrentContext(source.context);
    }
  }
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('the kubeconfig has no current context; choose one with --context');
  const context = config.getContextObject(config.currentContext);
  return {
    server: cluster.server.replace(/\/+$/, ''),
    proxyUrl: cluster.proxyUrl,
    namespace: context?.namespace || undefined,
    name: source.kind === 'in-cluster' ? 'in-cluster' : config.currentContext,
    credentials: cachedCredentials(config, timeoutMs),
  };
}

function loadFromPod(config: KubeConfig): void {
  config.loadFromCluster();
  // The library makes a URL of whatever the environment holds.
  if (!URL.canParse(config.getCurrentCluster()?.server ?? '')) {
    throw new Error(
      'this process is not in a Kubernetes pod, so there is no cluster around it; choose another --cluster',
    );
  }
}

function load(config: KubeConfig, path: string | undefined): void {
  try {
    if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (error) {
    const which = path === undefined ? '' : ` ${path}`;
    const why = messageOf(error);
    throw new Error(`the kubeconfig${which} cannot be read: ${why}`, { cause: error });
  }
}

/** Whether the kubeconfig that kubectl would use has a current context. */
export function hasKubeconfig(path: string | undefined): boolean {
  const config = new KubeConfig();
  try {
    load(config, path);
  } catch {
    return false;
  }
  // The library invents a cluster at localhost:8080 when it finds nothing.
  return config.getCurrentCluster() !== null && config.currentContext !== 'loaded-context';
}

function cachedCredentials(config: KubeConfig, timeoutMs: number): ClusterConfig['credentials'] {
  const pluginWords = pluginOf(config);
  const plugin = takePlugin(config);
  let known: { readonly value: Credentials; readonly untilMs: number } | undefined;
  let reading: Promise<Credentials> | undefined;
  const read = async (renew: boolean): Promise<Credentials> => {
    try {
      const value = await readCredentials(config, await plugin?.(renew));
      known = { value, untilMs: Date.now() + CREDENTIALS_TTL_MS };
      return value;
    } catch (error) {
      throw notHad(error, pluginWords);
    } finally {
      reading = undefined;
    }
  };
  return async (renew, limits) => {
    if (known && !renew && Date.now() < known.untilMs) return known.value;
    // Nobody is given what is just being renewed.
    known = undefined;
    // A plugin that does not answer runs on: with another one for each who asks there would soon be many.
    reading ??= read(renew);
    return inTime(reading, pluginWords, limits, timeoutMs);
  };
}

/** The plugin of the current user, which is taken out of the configuration: the library's way to run it neither ends nor renews. */
function takePlugin(config: KubeConfig): ReturnType<typeof credentialPlugin> | undefined {
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  const exec = user?.exec as PluginConfig | null | undefined;
  if (!cluster || !exec) return undefined;
  config.users = config.users.map((other) => (other === user ? { ...user, exec: undefined } : other));
  return credentialPlugin(exec, cluster);
}

async function inTime(
  reading: Promise<Credentials>,
  pluginWords: string | undefined,
  { signal, untilMs = Infinity }: Limits,
  timeoutMs: number,
): Promise<Credentials> {
  const beganMs = performance.now();
  const late = new AbortController();
  const onLate = (): void => late.abort(new DOMException('no answer in time', 'TimeoutError'));
  const timer = setTimeout(onLate, Math.min(timeoutMs, untilMs - beganMs));
  try {
    return await untilAborted(reading, AbortSignal.any(signal ? [signal, late.signal] : [late.signal]));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error;
    const seconds = Math.round((performance.now() - beganMs) / 1000);
    const text = `${pluginWords ?? 'the credential plugin'} of the kubeconfig did not answer in ${seconds} s`;
    throw new KubernetesError(0, NOT_SENT, text, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** For a login that has expired, above all: nothing was sent, and who knows what the plugin says knows what to do. */
function notHad(error: unknown, pluginWords: string | undefined): KubernetesError {
  const said = messageOf(error).replace(/^Error: /, '');
  const words = said.replace(/\s+/g, ' ').trim().slice(0, MAX_REASON_LENGTH);
  const what = pluginWords === undefined ? 'the credentials of the kubeconfig cannot be read' : `${pluginWords} failed`;
  return new KubernetesError(0, NOT_SENT, `${what}: ${words}`, { cause: error });
}

/** For messages: the plugin of the current user; undefined when there is none. */
function pluginOf(config: KubeConfig): string | undefined {
  const user = config.getCurrentUser() as {
    readonly exec?: { readonly command?: string };
    readonly authProvider?: { readonly name?: string };
  } | null;
  const name = user?.exec?.command ?? user?.authProvider?.name;
  return name === undefined ? undefined : `the credential plugin ${name}`;
}

async function readCredentials(config: KubeConfig, plugin: PluginCredentials | undefined): Promise<Credentials> {
  // What the kubeconfig has itself goes before what its plugin says, as with kubectl.
  const options: RequestOptions = {
    ...(plugin?.token ? { headers: { Authorization: `Bearer ${plugin.token}` } } : {}),
    ...(plugin?.cert && plugin.key ? { cert: plugin.cert, key: plugin.key } : {}),
  };
  // Only the material is used: the agent that comes with it would make a connection for every request.
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  if (options.auth) headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const { ca, cert, key, servername, rejectUnauthorized } = options as Credentials['tls'];
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
  const hash = createHash('sha256');
  for (const part of [ca, cert, key, servername, String(rejectUnauthorized)]) hash.update(part ?? '').update('\0');
  return { headers, tls, tlsKey: hash.digest('hex') };
}
