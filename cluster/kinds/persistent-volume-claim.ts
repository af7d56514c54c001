import { isDeepStrictEqual } from 'node:util';
import { mutableCopy } from '../store/object.js';
import { resourceNamed } from '../store/resources.js';
import type { StatusCause } from '../store/status-error.js';
import { forbiddenField, invalidValue, notSupported, required } from './causes.js';
import { ageColumn, column, nameColumn, wide } from './columns.js';
import { kindFields, resourceRequirements } from './fields-meta.js';
import type { Kind } from './kind.js';
import { dnsSubdomain } from './names.js';
import { compareQuantities } from './quantity.js';
import { all, any, listOf, object, text } from './schema.js';

const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
const spec = object('PersistentVolumeClaimSpec', {
  accessModes: listOf(text),
  resources: resourceRequirements,
  ...all('text', 'volumeName volumeMode'),
  // An empty class means "none", which is not the same as the default class.
  storageClassName: any,
  ...all('refused', 'selector dataSource dataSourceRef volumeAttributesClassName'),
});

/** The finalizer that keeps a claim while a pod uses it. */
export const claimProtection = 'kubernetes.io/pvc-protection';

/** The class of claims that name none. */
export const defaultStorageClass = 'standard';

/** core/v1 PersistentVolumeClaim. */
export const persistentVolumeClaim: Kind = {
  resource: resourceNamed('persistentvolumeclaims'),
  fields: kindFields('PersistentVolumeClaim', { spec }),
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
    if (storageClassName !== '') {
      const why = dnsSubdomain(storageClassName);
      causes.push(...why.map((problem) => invalidValue('spec.storageClassName', storageClassName, problem)));
    }
    if (volumeMode !== 'Filesystem') {
      causes.push(forbiddenField('spec.volumeMode', 'the embedded cluster has volumes of mode Filesystem only'));
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

  columns: [
    nameColumn,
    column('Status', ({ metadata, status: state }) =>
      metadata.deletionTimestamp === undefined ? (state?.phase ?? '') : 'Terminating',
    ),
    column('Volume', ({ spec: fields }) => fields.volumeName ?? ''),
    column('Capacity', ({ status: state }) => state?.capacity?.storage ?? ''),
    column('Access Modes', ({ status: state }) =>
      (state?.accessModes ?? []).map((mode: string) => shortModes[mode] ?? mode).join(','),
    ),
    column('StorageClass', ({ spec: fields }) => fields.storageClassName),
    column('VolumeAttributesClass', () => '<unset>'),
    ageColumn,
    wide('VolumeMode', ({ spec: fields }) => fields.volumeMode),
  ],
};
