/** The PersistentVolumeClaims of volumes, and of storage that is made for one task. */

import type { VolumeRequest } from '../../domain/ports.js';
import { ANNOTATION, claimName, LABEL, labelValue, newClaimName } from '../names.js';
import { type LaunchedTask, ownedMetadata } from './task.js';

/** The claim of a volume that is about to be created. */
export function claimObject(volume: VolumeRequest): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName(volume.name, volume.id),
      labels: {
        ...volume.labels,
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

/** The claims that are made for a task and deleted with it. */
export function newClaimObjects(task: LaunchedTask): readonly object[] {
  return task.spec.volumes.flatMap((mount, at) => {
    if (!('created' in mount)) return [];
    const { size, labels, storageClass, accessMode } = mount.created;
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: ownedMetadata(task, newClaimName(task.id, at), { labels }),
      spec: {
        accessModes: [accessMode],
        resources: { requests: { storage: size } },
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      },
    };
  });
}
