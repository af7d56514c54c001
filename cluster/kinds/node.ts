import type { KubeObject } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import { ageColumn, nameColumn } from './columns.js';
import { conditions, kindFields, resourceList } from './fields-meta.js';
import type { Kind } from './kind.js';
import { dnsSubdomain } from './names.js';
import { any, flag, int, listOf, object, text, texts, time } from './schema.js';

const taint = object('Taint', { ...texts('key', 'value', 'effect'), timeAdded: time });
const rolePrefix = 'node-role.kubernetes.io/';

/** core/v1 Node. */
export const node: Kind = {
  resource: resourceNamed('nodes'),
  fields: kindFields('Node', {
    spec: object('NodeSpec', {
      ...texts('podCIDR', 'providerID', 'externalID'),
      podCIDRs: listOf(text, ''),
      taints: listOf(taint),
      unschedulable: flag,
      configSource: any,
    }),
    status: object('NodeStatus', {
      capacity: resourceList,
      allocatable: resourceList,
      phase: text,
      conditions,
      addresses: listOf(object('NodeAddress', texts('type', 'address')), 'type'),
      daemonEndpoints: object('NodeDaemonEndpoints', { kubeletEndpoint: object('DaemonEndpoint', { Port: int }) }),
      nodeInfo: any,
      images: any,
      volumesInUse: any,
      volumesAttached: any,
      config: any,
      runtimeHandlers: any,
      features: any,
      declaredFeatures: any,
    }),
  }),
  nameRule: dnsSubdomain,

  selectable: { 'spec.unschedulable': ({ spec }) => String(spec?.unschedulable ?? false) },

  columns: [
    nameColumn,
    { name: 'Status', description: 'Whether pods can run on the node.', cell: statusCell },
    { name: 'Roles', description: 'Roles of the node.', cell: rolesCell },
    ageColumn,
    { name: 'Version', description: 'Version of the node.', cell: (object) => info(object, 'kubeletVersion') },
    {
      name: 'Internal-IP',
      description: 'Address in the cluster.',
      priority: 1,
      cell: (object) => address(object, 'InternalIP'),
    },
    {
      name: 'External-IP',
      description: 'Address outside of the cluster.',
      priority: 1,
      cell: (object) => address(object, 'ExternalIP'),
    },
    { name: 'OS-Image', description: 'Operating system.', priority: 1, cell: (object) => info(object, 'osImage') },
    {
      name: 'Kernel-Version',
      description: 'Version of the kernel.',
      priority: 1,
      cell: (object) => info(object, 'kernelVersion'),
    },
    {
      name: 'Container-Runtime',
      description: 'What runs the containers.',
      priority: 1,
      cell: (object) => info(object, 'containerRuntimeVersion'),
    },
  ],
};

function statusCell({ spec, status }: KubeObject): string {
  const ready = (status?.conditions ?? []).find(({ type }: { type: string }) => type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (spec?.unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

function rolesCell({ metadata }: KubeObject): string {
  const roles = Object.keys(metadata.labels ?? {}).filter((key) => key.startsWith(rolePrefix));
  return roles.length === 0 ? '<none>' : roles.map((key) => key.slice(rolePrefix.length)).join(',');
}

function address({ status }: KubeObject, type: string): string {
  return (status?.addresses ?? []).find((entry: { type: string }) => entry.type === type)?.address ?? '<none>';
}

function info({ status }: KubeObject, field: string): string {
  return status?.nodeInfo?.[field] || '<unknown>';
}
