import { type KubeObject, isOver } from '../store/object.js';
import type { NodeContext } from './context.js';
import { hostnameOf } from './environment.js';

/** What an address is kept for: the pod of this host name in this subdomain; undefined for a pod without such a name. */
export function nameKey({ metadata, spec }: KubeObject): string | undefined {
  return spec.hostname === undefined || spec.subdomain === undefined
    ? undefined
    : peerKey(metadata.namespace ?? '', spec.subdomain, spec.hostname);
}

/**
 * The variables with addresses in the place of values that are names of the pod or its peers: for pods that cannot have a
 * hosts file of their own. A peer that is still to come gets the address that is told here.
 */
export function withAddresses(
  variables: ReadonlyMap<string, string>,
  pod: KubeObject,
  context: Pick<NodeContext, 'store' | 'addresses'>,
): Map<string, string> {
  return new Map([...variables].map(([name, value]) => [name, addressOf(value, pod, context) ?? value]));
}

function addressOf(
  value: string,
  pod: KubeObject,
  { store, addresses }: Pick<NodeContext, 'store' | 'addresses'>,
): string | undefined {
  const { namespace = '' } = pod.metadata;
  const { subdomain } = pod.spec;
  // Its Service may come a moment later than the pod.
  if (subdomain === undefined) return undefined;
  const [host = '', ...rest] = value.split('.');
  const domain = rest.join('.').replace(/\.cluster\.local$/, '');
  if (!/^[a-z0-9-]{1,63}$/.test(host) || (domain !== subdomain && domain !== `${subdomain}.${namespace}.svc`)) {
    return undefined;
  }
  if (host === hostnameOf(pod)) return pod.status?.podIP;
  const live = store.list('pods').filter((other) => !isOver(other));
  const key = peerKey(namespace, subdomain, host);
  const peer = live.find((other) => nameKey(other) === key && other.status?.podIP !== undefined);
  return peer?.status?.podIP ?? addresses.keepFor(key, new Set(live.map(({ status }) => String(status?.podIP ?? ''))));
}

function peerKey(namespace: string, subdomain: string, host: string): string {
  return `${namespace}/${subdomain}/${host}`;
}
