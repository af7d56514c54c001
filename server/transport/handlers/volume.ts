/** VolumeService. */

import type { ServiceHandlers } from '../../../bridge/handler.js';
import type { VolumeServiceService } from '../../../gen/k8scli/v1/volume_service.js';
import type { Domain } from '../../domain/context.js';
import { createVolume, deleteVolume, existingVolume, getVolume, listVolumes } from '../../domain/volumes.js';
import { userOf } from '../interceptors/identity.js';
import { volumeMessage } from '../mapping.js';

/** Handlers of VolumeService. */
export function volumeHandlers(domain: Domain): ServiceHandlers<VolumeServiceService> {
  return {
    async createVolume(request, context) {
      const { name } = request;
      if (request.useExisting) {
        await existingVolume(domain, userOf(context), request, context.signal);
        return {
          volumeId: '',
          status: 'existing',
          message: `Volume ${name} is there, and tasks mount it by this name`,
          warnings: [],
        };
      }
      const { volume, warnings } = await createVolume(domain, userOf(context), request, context.signal);
      const message = `Volume ${volume.name} created with id ${volume.id}`;
      return { volumeId: volume.id, status: 'created', message, warnings: [...warnings] };
    },

    async listVolumes(request, context) {
      const page = await listVolumes(domain, userOf(context), request, context.signal);
      return { volumes: page.volumes.map(volumeMessage), nextPageToken: page.nextPageToken };
    },

    async getVolume(request, context) {
      return volumeMessage(await getVolume(domain, userOf(context), request.volumeId, context.signal));
    },

    async deleteVolume(request, context) {
      const message = await deleteVolume(domain, userOf(context), request.volumeId, context.signal);
      return { volumeId: request.volumeId, status: 'deleted', message };
    },
  };
}
