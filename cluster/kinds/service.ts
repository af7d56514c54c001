import { forbiddenField } from './causes.js';
import { ageColumn, column, nameColumn, pairs, wide } from './columns.js';
import { type KindDefinition, selectable } from './kind.js';
import { validateLabels } from './metadata.js';
import { dnsLabel } from './names.js';
import { all, any, count, listOf, mapOf, object, text } from './schema.js';

const spec = object('ServiceSpec', {
  ports: listOf(
    object('ServicePort', {
      ...all('text', 'name protocol appProtocol'),
      port: count,
      targetPort: any,
      ...all('refused', 'nodePort'),
    }),
    'port',
  ),
  selector: mapOf(text),
  ...all('text', 'clusterIP type sessionAffinity internalTrafficPolicy ipFamilyPolicy'),
  clusterIPs: listOf(text),
  ipFamilies: listOf(text),
  ...all('flag', 'publishNotReadyAddresses'),
  ...all(
    'refused',
    'externalIPs externalName externalTrafficPolicy loadBalancerIP loadBalancerClass trafficDistribution',
  ),
  ...all('refused', 'loadBalancerSourceRanges allocateLoadBalancerNodePorts healthCheckNodePort sessionAffinityConfig'),
});

/** core/v1 Service, headless: the pods that it selects find each other by name. Others would need a proxy. */
export const service: KindDefinition = {
  fields: { spec },
  nameRule: dnsLabel,
  returnsDeleted: true,

  setDefaults(draft) {
    const fields = (draft.spec ??= {});
    fields.type ??= 'ClusterIP';
    fields.sessionAffinity ??= 'None';
    fields.ipFamilies ??= ['IPv4'];
    fields.ipFamilyPolicy ??= 'SingleStack';
    fields.internalTrafficPolicy ??= 'Cluster';
    if (fields.clusterIP !== undefined) fields.clusterIPs ??= [fields.clusterIP];
    for (const port of fields.ports ?? []) {
      port.protocol ??= 'TCP';
      port.targetPort ??= port.port;
    }
  },

  prepareCreate(draft) {
    draft.status = { loadBalancer: {} };
  },

  validate: ({ spec: { type, clusterIP, selector } }) => [
    ...(type === 'ClusterIP' && clusterIP === 'None'
      ? []
      : [forbiddenField('spec.clusterIP', 'the embedded cluster has headless Services only: set clusterIP to None')]),
    ...validateLabels('spec.selector', selector),
  ],

  selectable: selectable('spec.clusterIP spec.type'),

  columns: [
    nameColumn,
    column('Type', ({ spec: fields }) => fields.type),
    column('Cluster-IP', ({ spec: fields }) => fields.clusterIP),
    column('External-IP', () => '<none>'),
    column('Port(s)', ({ spec: { ports = [] } }) =>
      ports.length === 0
        ? '<none>'
        : ports.map((entry: { port: number; protocol: string }) => `${entry.port}/${entry.protocol}`).join(','),
    ),
    ageColumn,
    wide('Selector', ({ spec: fields }) => pairs(fields.selector)),
  ],
};
