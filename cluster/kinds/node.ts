import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../store/object.js';
import { hasCondition } from '../store/object.js';
import { forbiddenField } from './causes.js';
import { ageColumn, column, nameColumn, wide } from './columns.js';
import { resourceList } from './fields-meta.js';
import type { KindDefinition } from './kind.js';
import { all, any, object } from './schema.js';

/** core/v1 Node. There is one. Clients may label it and let it advertise more, as they would for GPUs. */
export const node: KindDefinition = {
  fields: {
    spec: any,
    status: object('NodeStatus', {
      capacity: resourceList,
      allocatable: resourceList,
      ...all(
        'any',
        'addresses conditions config daemonEndpoints declaredFeatures features images nodeInfo phase runtimeHandlers volumesAttached volumesInUse',
      ),
    }),
  },

  validateUpdate: (next, previous) =>
    isDeepStrictEqual(next.spec, previous.spec)
      ? []
      : [forbiddenField('spec', 'the embedded cluster has no taints and no cordons: its node takes all pods that fit')],

  selectable: { 'spec.unschedulable': () => false },

  columns: [
    nameColumn,
    column('Status', (object) => (hasCondition(object, 'Ready') ? 'Ready' : 'NotReady')),
    column('Roles', () => '<none>'),
    ageColumn,
    column('Version', (object) => info(object, 'kubeletVersion')),
    wide('Internal-IP', ({ status }) => status?.addresses?.[0]?.address ?? '<none>'),
    wide('External-IP', () => '<none>'),
    wide('OS-Image', (object) => info(object, 'osImage')),
    wide('Kernel-Version', (object) => `${info(object, 'kernelVersion')} (${info(object, 'architecture')})`),
    wide('Container-Runtime', (object) => info(object, 'containerRuntimeVersion')),
  ],
};

function info({ status }: KubeObject, field: string): string {
  return status?.nodeInfo?.[field] ?? '<unknown>';
}
