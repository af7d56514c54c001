import { isDeepStrictEqual } from 'node:util';
import { mutableCopy } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import type { StatusCause } from '../store/status-error.js';
import { forbiddenField, invalidValue, notSupported, required } from './causes.js';
import { ageColumn, nameColumn } from './columns.js';
import { conditions, kindFields, labelSelector, resourceList, resourceRequirements } from './fields-meta.js';
import type { Kind } from './kind.js';
import { dnsSubdomain } from './names.js';
import { optionalSubdomain } from './pod-rules.js';
import { compareQuantities } from './quantity.js';
import { any, listOf, object, text, texts } from './schema.js';

const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
const reference = object('TypedLocalObjectReference', texts('apiGroup', 'kind', 'name', 'namespace'));
const spec = object('PersistentVolumeClaimSpec', {
  accessModes: listOf(text),
  selector: labelSelector,
  resources: resourceRequirements,
  ...texts('volumeName', 'volumeMode', 'volumeAttributesClassName'),
  // An empty class means "none", which is not the same as the default class.
  storageClassName: any,
  dataSource: reference,
  dataSourceRef: reference,
});
const status = object('PersistentVolumeClaimStatus', {
  phase: text,
  accessModes: listOf(text),
  capacity: resourceList,
  conditions,
  allocatedResources: resourceList,
  allocatedResourceStatuses: any,
});

/** The finalizer that keeps a claim while a pod uses it. */
export const claimProtection = 'kubernetes.io/pvc-protection';

/** The class of claims that name none. */
export const defaultStorageClass = 'standard';

/** core/v1 PersistentVolumeClaim. */
export const persistentVolumeClaim: Kind = {
  resource: resourceNamed('persistentvolumeclaims'),
  fields: kindFields('PersistentVolumeClaim', { spec, status }),
  nameRule: dnsSubdomain,
  returnsDeleted: true,

  setDefaults(draft) {
    draft.spec ??= {};
    draft.spec.volumeMode ??= 'Filesystem';
  },

  prepareCreate(draft) {
    draft.spec.storageClassName ??= defaultStorageClass;
    draft.metadata.finalizers = [...new Set([...(draft.metadata.finalizers ?? []), claimProtection])];
    draft.status = { phase: 'Pending' };
  },

  validate({ spec: fields }) {
    const causes: StatusCause[] = [];
    const { accessModes = [], storageClassName, volumeMode } = fields;
    if (accessModes.length === 0) causes.push(required('spec.accessModes', 'at least 1 access mode is required'));
    for (const mode of accessModes)
      if (!modes.includes(mode)) causes.push(notSupported('spec.accessModes', mode, modes));
    if (accessModes.length > 1 && accessModes.includes('ReadWriteOncePod')) {
      causes.push(forbiddenField('spec.accessModes', 'may not use ReadWriteOncePod with other access modes'));
    }
    const storage: string | undefined = fields.resources?.requests?.storage;
    if (storage === undefined) causes.push(required('spec.resources[storage]'));
    else if (compareQuantities(storage, '0') <= 0) {
      causes.push(invalidValue('spec.resources[storage]', storage, 'must be greater than zero'));
    }
    if (storageClassName !== '') causes.push(...optionalSubdomain('spec.storageClassName', storageClassName));
    if (!['Block', 'Filesystem'].includes(volumeMode)) {
      causes.push(notSupported('spec.volumeMode', volumeMode, ['Block', 'Filesystem']));
    }
    return causes;
  },

  validateUpdate(next, previous) {
    const fixed = ({ spec: fields }: typeof next) => {
      const copy = mutableCopy(fields);
      if (previous.status?.phase === 'Bound') delete copy.resources;
      if (previous.spec.volumeName === undefined) delete copy.volumeName;
      return copy;
    };
    if (!isDeepStrictEqual(fixed(next), fixed(previous))) {
      return [
        forbiddenField(
          'spec',
          'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
        ),
      ];
    }
    const before = previous.spec.resources?.requests?.storage ?? '0';
    const after = next.spec.resources?.requests?.storage ?? '0';
    if (compareQuantities(after, before) < 0) {
      return [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')];
    }
    if (compareQuantities(after, before) > 0) {
      return [
        forbiddenField(
          'spec.resources.requests.storage',
          'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
        ),
      ];
    }
    return [];
  },

  selectable: {},

  columns: [
    nameColumn,
    {
      name: 'Status',
      description: 'Whether the claim has a volume.',
      cell: ({ metadata, status: state }) => (metadata.deletionTimestamp ? 'Terminating' : (state?.phase ?? '')),
    },
    { name: 'Volume', description: 'Name of the volume.', cell: ({ spec: fields }) => fields?.volumeName ?? '' },
    {
      name: 'Capacity',
      description: 'Size of the volume.',
      cell: ({ spec: fields, status: state }) => (fields?.volumeName ? (state?.capacity?.storage ?? '') : ''),
    },
    {
      name: 'Access Modes',
      description: 'How the volume may be used.',
      cell: ({ spec: fields, status: state }) =>
        fields?.volumeName ? (state?.accessModes ?? []).map((mode: string) => shortModes[mode] ?? mode).join(',') : '',
    },
    {
      name: 'StorageClass',
      description: 'Class of the volume.',
      cell: ({ spec: fields }) => fields?.storageClassName ?? '',
    },
    { name: 'VolumeAttributesClass', description: 'Attributes of the volume.', cell: () => '<unset>' },
    ageColumn,
    {
      name: 'VolumeMode',
      description: 'File system or block device.',
      priority: 1,
      cell: ({ spec: fields }) => fields?.volumeMode ?? '<unset>',
    },
  ],
};
