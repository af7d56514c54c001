import { isDeepStrictEqual } from 'node:util';
import { broken, forbiddenField, invalidValue, missing, noneOf } from './causes.js';
import { ageColumn, column, nameColumn, wide } from './columns.js';
import { resourceRequirements } from './fields-meta.js';
import type { KindDefinition } from './kind.js';
import { dnsSubdomain } from './names.js';
import { compareQuantities } from './quantity.js';
import { all, any, listOf, object, text } from './schema.js';

const shortModes: Readonly<Record<string, string>> = {
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOnce: 'RWO',
  ReadWriteOncePod: 'RWOP',
};
const modes = Object.keys(shortModes);
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
export const persistentVolumeClaim: KindDefinition = {
  fields: { spec },
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
    const { accessModes = [], storageClassName, volumeMode } = fields;
    const storage: string | undefined = fields.resources?.requests?.storage;
    const causes = [
      ...missing('spec.accessModes', accessModes.length > 0, 'at least 1 access mode is required'),
      ...accessModes.flatMap((mode: string) => noneOf('spec.accessModes', mode, modes)),
      ...missing('spec.resources[storage]', storage),
      ...(storageClassName === '' ? [] : broken('spec.storageClassName', storageClassName, dnsSubdomain)),
    ];
    if (accessModes.length > 1 && accessModes.includes('ReadWriteOncePod')) {
      causes.push(forbiddenField('spec.accessModes', 'may not use ReadWriteOncePod with other access modes'));
    }
    if (storage !== undefined && compareQuantities(storage, '0') <= 0) {
      causes.push(invalidValue('spec.resources[storage]', storage, 'must be greater than zero'));
    }
    if (volumeMode !== 'Filesystem') {
      causes.push(forbiddenField('spec.volumeMode', 'the embedded cluster has volumes of mode Filesystem only'));
    }
    return causes;
  },

  // A real cluster leaves that to events, which come later.
  warnings: ({ spec: { storageClassName } }) =>
    storageClassName === defaultStorageClass
      ? []
      : [
          `there is no StorageClass "${storageClassName}" (the embedded cluster has "${defaultStorageClass}"): ` +
            'the volume stays pending',
        ],

  validateUpdate: (next, previous) =>
    isDeepStrictEqual(next.spec, previous.spec)
      ? []
      : [forbiddenField('spec', 'spec is immutable after creation: the embedded cluster does not resize volumes')],

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
