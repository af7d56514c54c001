/** Flags and environment, read once into one typed value. The only place of the server that looks at the environment. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Policy } from './domain/placement/policy.js';
import { spanSeconds } from '../taskfile/span.js';
import { readPolicy } from './policy-flags.js';

/** Which cluster is served. */
export const CLUSTERS = ['auto', 'kubeconfig', 'in-cluster', 'embedded'] as const;
/** One of {@link CLUSTERS}. */
export type ClusterChoice = (typeof CLUSTERS)[number];

/** How the server is to run. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly cluster: ClusterChoice;
  /** Path of a kubeconfig; undefined for the one that kubectl would use. */
  readonly kubeconfig: string | undefined;
  /** The kubeconfig that the user named, by flag or environment; undefined when none was. */
  readonly kubeconfigNamed: string | undefined;
  readonly context: string | undefined;
  readonly namespace: string | undefined;
  /** Where the embedded cluster keeps its data. */
  readonly dataDir: string;
  /** Where logs are kept that outlive their pods; undefined to keep none. */
  readonly logDir: string | undefined;
  /** How long tasks are kept after their end; undefined means until somebody deletes them. */
  readonly retainMs: number | undefined;
  /** How long a task may hold machines for some of its nodes while others find none; undefined means for ever. */
  readonly podsReadyMs: number | undefined;
  /** File with what callers have to know; undefined where anybody may call. */
  readonly tokenFile: string | undefined;
  /** Where the server says what it has to say; undefined for stderr. */
  readonly logFile: string | undefined;
  /** Whether `host` is reached from this machine only. */
  readonly loopback: boolean;
  /** Origins whose web pages may call the REST side. */
  readonly corsOrigins: readonly string[];
  /** What tasks may have of the cluster. */
  readonly policy: Policy;
  /** Whether this process runs inside a Kubernetes pod. */
  readonly insideCluster: boolean;
}

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'run'; readonly config: Config }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'error'; readonly message: string };

/** Text of --help. */
export const HELP = `Usage: k8s-cli-server [options]

Serves the k8s-cli API over gRPC and REST on one port.

  --host ADDRESS       address to listen on (K8S_CLI_API_HOST; default 127.0.0.1)
  --port PORT          port to listen on, 0 for any free one (K8S_CLI_API_PORT; default 8000)
  --cluster KIND       auto, kubeconfig, in-cluster or embedded (K8S_CLI_CLUSTER; default auto: in-cluster when run in a pod,
                       else the current context of the kubeconfig, else embedded)
  --kubeconfig FILE    kubeconfig to use (KUBECONFIG; default as kubectl)
  --context NAME       context of the kubeconfig (K8S_CLI_CONTEXT; default its current one)
  --namespace NAME     namespace of everything (K8S_CLI_NAMESPACE; default that of the context, else default)
  --data-dir DIR       data of the embedded cluster (K8S_CLI_DATA_DIR; default $XDG_STATE_HOME/k8s-cli/cluster)
  --log-dir DIR        logs of nodes that have ended, kept until their task is deleted; servers may share it; "none" keeps none
                       (K8S_CLI_LOG_DIR; default $XDG_STATE_HOME/k8s-cli/logs)
  --retain SPAN        delete tasks so long after their end, with their logs: 12h, 30d (K8S_CLI_RETAIN; default never)
  --pods-ready-timeout SPAN
                       how long a task may hold machines for some of its nodes while others find none; then it gives them back and
                       tries again (K8S_CLI_PODS_READY_TIMEOUT; default 10m; "never": for ever)
  --token-file FILE    file with a token that callers have to send, as Authorization: Bearer TOKEN (K8S_CLI_TOKEN_FILE; default
                       none: anybody who reaches the port may call)
  --log-file FILE      what the server has to say goes there instead of to stderr, at most 2 MiB (K8S_CLI_LOG_FILE)
  --cors-origins LIST  origins of web pages that may call, with commas (K8S_CLI_CORS_ORIGINS; default none)
  --insecure-trust-user-header
                       listen on an address that is not loopback although every caller may claim any user name
                       (K8S_CLI_INSECURE_TRUST_USER_HEADER=true)
  --allow-service-accounts NAME,…
                       service accounts that tasks may name (K8S_CLI_ALLOW_SERVICE_ACCOUNTS)
  --allow-pod-config PATH,…
                       more that pod_config may contain, such as hostNetwork or volumes.hostPath (K8S_CLI_ALLOW_POD_CONFIG)
  --priority-classes N=NAME,…
                       PriorityClass of tasks with priority N and more (K8S_CLI_PRIORITY_CLASSES)
  --secrets NAME=SECRET/KEY,…
                       Secrets of the namespace that tasks may use, by the name that they use (K8S_CLI_SECRETS)
  --version            print the version
  --help               print this

One line on stdout says when the server is ready, and at which URL.
`;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads flags, and the environment where a flag is missing. */
export function readCommand(argv: readonly string[], environment: Environment): Command {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        cluster: { type: 'string' },
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        namespace: { type: 'string' },
        'data-dir': { type: 'string' },
        'log-dir': { type: 'string' },
        retain: { type: 'string' },
        'pods-ready-timeout': { type: 'string' },
        'token-file': { type: 'string' },
        'log-file': { type: 'string' },
        'cors-origins': { type: 'string' },
        'insecure-trust-user-header': { type: 'boolean' },
        'allow-service-accounts': { type: 'string' },
        'allow-pod-config': { type: 'string' },
        'priority-classes': { type: 'string' },
        secrets: { type: 'string' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    const [words = ''] = error instanceof Error ? error.message.split(/\.\s/) : [String(error)];
    return failure(`${words}; see k8s-cli-server --help`);
  }
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const host = values.host ?? set(environment['K8S_CLI_API_HOST']) ?? '127.0.0.1';
  const portText = values.port ?? set(environment['K8S_CLI_API_PORT']) ?? '8000';
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port > 65_535) return failure(`--port: "${portText}" is no port; use 0 to 65535`);
  const clusterText = values.cluster ?? set(environment['K8S_CLI_CLUSTER']) ?? 'auto';
  const cluster = CLUSTERS.find((known) => known === clusterText);
  if (!cluster) return failure(`--cluster: "${clusterText}" is none of ${CLUSTERS.join(', ')}`);
  const namespace = values.namespace ?? set(environment['K8S_CLI_NAMESPACE']);
  if (namespace !== undefined && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    return failure(`--namespace: "${namespace}" is no name of a namespace`);
  }
  const trust = values['insecure-trust-user-header'] ?? environment['K8S_CLI_INSECURE_TRUST_USER_HEADER'] === 'true';
  if (!isLoopback(host) && !trust) {
    return failure(
      `--host ${host} is not loopback: callers name themselves in X-User, so whoever reaches the port can act as anybody; ` +
        'put an authenticating proxy in front of it and say --insecure-trust-user-header',
    );
  }
  const logDir =
    set(values['log-dir']) ?? set(environment['K8S_CLI_LOG_DIR']) ?? join(stateHome(environment), 'k8s-cli', 'logs');
  const retain = set(values.retain) ?? set(environment['K8S_CLI_RETAIN']);
  const retainSeconds = retain === undefined ? undefined : spanSeconds(retain);
  if (retain !== undefined && !retainSeconds) return failure(`--retain: "${retain}" is no span; write 12h or 30d`);
  const podsReady = values['pods-ready-timeout'] ?? set(environment['K8S_CLI_PODS_READY_TIMEOUT']) ?? '10m';
  const podsReadySeconds = podsReady === 'never' ? undefined : spanSeconds(podsReady);
  if (podsReady !== 'never' && !podsReadySeconds) {
    return failure(`--pods-ready-timeout: "${podsReady}" is no span; write 10m or never`);
  }
  const corsText = values['cors-origins'] ?? set(environment['K8S_CLI_CORS_ORIGINS']) ?? '';
  const corsOrigins = corsText.split(',').flatMap((part) => part.trim() || []);
  const noOrigin = corsOrigins.find((one) => !isOrigin(one));
  if (noOrigin !== undefined) {
    return failure(
      `--cors-origins: "${noOrigin}" is no origin; write it as https://app.example or http://localhost:3000`,
    );
  }
  const policy = readPolicy({
    'allow-service-accounts': values['allow-service-accounts'] ?? environment['K8S_CLI_ALLOW_SERVICE_ACCOUNTS'],
    'allow-pod-config': values['allow-pod-config'] ?? environment['K8S_CLI_ALLOW_POD_CONFIG'],
    'priority-classes': values['priority-classes'] ?? environment['K8S_CLI_PRIORITY_CLASSES'],
    secrets: values.secrets ?? environment['K8S_CLI_SECRETS'],
  });
  if (typeof policy === 'string') return failure(policy);
  return {
    kind: 'run',
    config: {
      policy,
      host,
      port,
      cluster,
      kubeconfig: values.kubeconfig,
      kubeconfigNamed: values.kubeconfig ?? set(environment['KUBECONFIG']),
      context: values.context ?? set(environment['K8S_CLI_CONTEXT']),
      namespace,
      dataDir:
        values['data-dir'] ??
        set(environment['K8S_CLI_DATA_DIR']) ??
        join(stateHome(environment), 'k8s-cli', 'cluster'),
      logDir: logDir === 'none' ? undefined : logDir,
      retainMs: retainSeconds === undefined ? undefined : retainSeconds * 1000,
      podsReadyMs: podsReadySeconds === undefined ? undefined : podsReadySeconds * 1000,
      tokenFile: set(values['token-file']) ?? set(environment['K8S_CLI_TOKEN_FILE']),
      logFile: set(values['log-file']) ?? set(environment['K8S_CLI_LOG_FILE']),
      loopback: isLoopback(host),
      corsOrigins,
      insideCluster: environment['KUBERNETES_SERVICE_HOST'] !== undefined,
    },
  };
}

function failure(message: string): Command {
  return { kind: 'error', message };
}

/** An empty variable counts as one that is not set. */
function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function stateHome(environment: Environment): string {
  return set(environment['XDG_STATE_HOME']) ?? join(homedir(), '.local', 'state');
}

/** Whether a text is an origin just as browsers send it. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
