import type { KubeObject } from '../store/object.js';
import { hasCondition } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import { ageColumn, column, nameColumn, wide } from './columns.js';
import { kindFields } from './fields-meta.js';
import type { Kind } from './kind.js';
import { dnsSubdomain } from './names.js';
import { any } from './schema.js';

/** core/v1 Node. There is one, and clients can only read it. */
export const node: Kind = {
  resource: resourceNamed('nodes'),
  fields: kindFields('Node', { spec: any }),
  nameRule: dnsSubdomain,

  selectable: { 'spec.unschedulable': () => 'false' },

  columns: [
    nameColumn,
    column('Status', (object) => (hasCondition(object, 'Ready') ? 'Ready' : 'NotReady')),
    column('Roles', () => '<none>'),
    ageColumn,
    column('Version', (object) => info(object, 'kubeletVersion')),
    wide('Internal-IP', ({ status }) => status.addresses[0].address),
    wide('External-IP', () => '<none>'),
    wide('OS-Image', (object) => info(object, 'osImage')),
    wide('Kernel-Version', (object) => info(object, 'kernelVersion')),
    wide('Container-Runtime', (object) => info(object, 'containerRuntimeVersion')),
  ],
};

function info({ status }: KubeObject, field: string): string {
  return status.nodeInfo[field];
}
