import { randomInt } from 'node:crypto';
import type { KubeObject } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import type { StatusCause } from '../store/status-error.js';
import { duplicate, invalidValue, notSupported, required } from './causes.js';
import { ageColumn, nameColumn, pairs } from './columns.js';
import { conditions, kindFields } from './fields-meta.js';
import type { Kind } from './kind.js';
import { validateLabels } from './metadata.js';
import { dnsLabel } from './names.js';
import { any, bool, count, flag, int, intOrString, listOf, mapOf, object, text, texts } from './schema.js';

const spec = object('ServiceSpec', {
  ports: listOf(
    object('ServicePort', {
      ...texts('name', 'protocol', 'appProtocol'),
      port: count,
      targetPort: intOrString,
      nodePort: count,
    }),
    'port',
  ),
  selector: mapOf(text),
  ...texts('clusterIP', 'type', 'sessionAffinity', 'externalName', 'externalTrafficPolicy', 'internalTrafficPolicy'),
  ...texts('ipFamilyPolicy', 'loadBalancerIP', 'loadBalancerClass', 'trafficDistribution'),
  clusterIPs: listOf(text),
  ipFamilies: listOf(text),
  externalIPs: listOf(text),
  loadBalancerSourceRanges: listOf(text),
  publishNotReadyAddresses: flag,
  allocateLoadBalancerNodePorts: bool,
  healthCheckNodePort: int,
  sessionAffinityConfig: any,
});

/** core/v1 Service. Only headless ones have an effect: the pods they select find each other by name. */
export const service: Kind = {
  resource: resourceNamed('services'),
  fields: kindFields('Service', { spec, status: object('ServiceStatus', { loadBalancer: any, conditions }) }),
  nameRule: dnsLabel,
  returnsDeleted: true,

  setDefaults(draft) {
    draft.spec ??= {};
    const { spec: fields } = draft;
    fields.type ??= 'ClusterIP';
    fields.sessionAffinity ??= 'None';
    if (fields.type !== 'ExternalName') {
      fields.ipFamilies ??= ['IPv4'];
      fields.ipFamilyPolicy ??= 'SingleStack';
      fields.internalTrafficPolicy ??= 'Cluster';
    }
    for (const port of fields.ports ?? []) {
      port.protocol ??= 'TCP';
      port.targetPort ??= port.port ?? 0;
    }
  },

  prepareCreate(draft) {
    const { spec: fields } = draft;
    if (fields.type !== 'ExternalName') {
      // An address nobody listens on: there is no proxy here, but clients expect one to be assigned.
      fields.clusterIP ??= `10.96.${randomInt(256)}.${randomInt(1, 255)}`;
      fields.clusterIPs ??= [fields.clusterIP];
    }
    draft.status = { loadBalancer: {} };
  },

  prepareUpdate(draft, previous) {
    draft.spec.clusterIP ??= previous.spec.clusterIP;
    draft.spec.clusterIPs ??= previous.spec.clusterIPs;
  },

  validate({ spec: fields }) {
    const causes: StatusCause[] = [];
    const ports = fields.ports ?? [];
    if (ports.length === 0 && fields.clusterIP !== 'None' && fields.type !== 'ExternalName') {
      causes.push(required('spec.ports'));
    }
    const names = new Set<string>();
    for (const [index, { name, port, protocol }] of ports.entries()) {
      const at = `spec.ports[${index}]`;
      if (!name && ports.length > 1) causes.push(required(`${at}.name`));
      if (name && names.has(name)) causes.push(duplicate(`${at}.name`, name));
      names.add(name);
      if (!(port >= 1 && port <= 65535)) {
        causes.push(invalidValue(`${at}.port`, port ?? 0, 'must be between 1 and 65535, inclusive'));
      }
      if (!['SCTP', 'TCP', 'UDP'].includes(protocol)) {
        causes.push(notSupported(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
      }
    }
    causes.push(...validateLabels('spec.selector', fields.selector));
    const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
    if (!types.includes(fields.type)) causes.push(notSupported('spec.type', fields.type, types));
    return causes;
  },

  validateUpdate: (next, previous) =>
    next.spec.clusterIP === previous.spec.clusterIP || next.spec.type === 'ExternalName'
      ? []
      : [invalidValue('spec.clusterIPs[0]', [next.spec.clusterIP], 'may not change once set')],

  selectable: {
    'spec.clusterIP': ({ spec: fields }) => fields?.clusterIP ?? '',
    'spec.type': ({ spec: fields }) => fields?.type ?? '',
  },

  columns: [
    nameColumn,
    { name: 'Type', description: 'How the service is reached.', cell: ({ spec: fields }) => fields.type },
    {
      name: 'Cluster-IP',
      description: 'Address in the cluster.',
      cell: ({ spec: fields }) => fields.clusterIP ?? '<none>',
    },
    {
      name: 'External-IP',
      description: 'Address outside of the cluster.',
      cell: ({ spec: fields }) => fields.externalName ?? '<none>',
    },
    { name: 'Port(s)', description: 'Ports and protocols.', cell: portsCell },
    ageColumn,
    {
      name: 'Selector',
      description: 'Labels of the pods behind the service.',
      priority: 1,
      cell: ({ spec: fields }) => pairs(fields.selector),
    },
  ],
};

function portsCell({ spec: fields }: KubeObject): string {
  const ports: { port: number; nodePort?: number; protocol: string }[] = fields.ports ?? [];
  if (ports.length === 0) return '<none>';
  return ports
    .map(({ port, nodePort, protocol }) => `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`)
    .join(',');
}
