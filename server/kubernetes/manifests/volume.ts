/** The PersistentVolumeClaim of a volume. */

import type { VolumeRequest } from '../../domain/ports.js';
import { ANNOTATION, claimName, LABEL, labelValue } from '../names.js';

/** The claim of a volume that is about to be created. */
export function claimObject(volume: VolumeRequest): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(volume.name, volume.id),
      labels: {
        [LABEL.volume]: 'true',
        [LABEL.volumeId]: volume.id,
        [LABEL.volumeName]: labelValue(volume.name),
        [LABEL.username]: labelValue(volume.user),
      },
      annotations: {
        [ANNOTATION.username]: volume.user,
        [ANNOTATION.volumeName]: volume.name,
        [ANNOTATION.fingerprint]: volume.fingerprint,
      },
    },
    spec: {
      accessModes: volume.accessModes,
      resources: { requests: { storage: volume.size } },
      ...(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass }),
    },
  };
}
