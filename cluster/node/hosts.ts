import { type KubeObject, hasCondition, isOver } from '../store/object.js';
import { hostnameOf } from './environment.js';

/**
 * The hosts file of a pod: its own name, and the names that the headless Service of its subdomain gives to it and its
 * peers, as far as they have addresses. `node-1.web`, `node-1.web.team.svc` and `node-1.web.team.svc.cluster.local`
 * are the same; the Service's own name stands for all of them.
 */
export function hostsText(pod: KubeObject, pods: readonly KubeObject[], services: readonly KubeObject[]): string {
  const lines = ['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback'];
  const { subdomain } = pod.spec;
  const { namespace } = pod.metadata;
  const service = services.find(({ metadata }) => metadata.name === subdomain && metadata.namespace === namespace);
  for (const peer of service === undefined ? [] : pods) {
    if (peer.metadata.namespace !== namespace || peer.metadata.uid === pod.metadata.uid) continue;
    if (peer.spec.subdomain === subdomain && service !== undefined && isEndpoint(peer, service)) {
      lines.push(entry(peer, namesOf(peer)));
    }
  }
  const own = service !== undefined && isMember(pod, service) ? namesOf(pod) : [];
  lines.push(entry(pod, [...own, hostnameOf(pod)]));
  return `${lines.join('\n')}\n`;
}

function entry(pod: KubeObject, names: string[]): string {
  return `${pod.status?.podIP ?? ''}\t${names.join(' ')}`;
}

function namesOf(pod: KubeObject): string[] {
  const { subdomain } = pod.spec;
  return [`${hostnameOf(pod)}.${subdomain}`, subdomain].flatMap((name) => {
    const full = `${name}.${pod.metadata.namespace}.svc`;
    return [name, full, `${full}.cluster.local`];
  });
}

function isMember({ metadata }: KubeObject, { spec }: KubeObject): boolean {
  const selector = Object.entries(spec?.selector ?? {});
  return selector.length > 0 && selector.every(([key, value]) => metadata.labels?.[key] === value);
}

function isEndpoint(pod: KubeObject, service: KubeObject): boolean {
  if (!isMember(pod, service) || pod.status?.podIP === undefined || isOver(pod)) return false;
  return service.spec.publishNotReadyAddresses === true || hasCondition(pod, 'Ready');
}
