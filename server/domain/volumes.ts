/** Volumes: one claim each, known by name to its owner's tasks. */

import { memoryQuantity } from '../../taskfile/quantity.js';
import type { Domain } from './context.js';
import { invalidArgument, TaskError, volumeNotFound, type FieldViolation } from './errors.js';
import { pageToken, parsePageToken } from './page-token.js';
import { checkRequestId, fingerprintOf, volumeIdOf } from './request-id.js';
import { ACCESS_MODES, type UsedVolume, type Volume } from './volume.js';
import { tasksByClaim } from './volume-use.js';

type Uses = Pick<Domain, 'volumes' | 'store' | 'namespace'>;
type Creates = Pick<Domain, 'volumes' | 'ids'>;

/** Most volumes of one page. */
const MAX_PAGE_SIZE = 1000;
/** So many tasks that use a volume are named to people, and so many to programs. */
const TOLD_TASKS = 5;
const MAX_METADATA_TASKS = 100;

/** A volume that a user wants. */
export interface CreateVolumeInput {
  readonly name: string;
  readonly size: string;
  readonly storageClass: string;
  readonly accessModes: readonly string[];
  /** Empty when the caller does not repeat. */
  readonly requestId: string;
}

/** Creates a volume, once for each request id. Throws INVALID_ARGUMENT with every violation, or ALREADY_EXISTS. */
export async function createVolume(
  domain: Creates,
  user: string,
  input: CreateVolumeInput,
  signal: AbortSignal,
): Promise<Volume> {
  checkRequestId(input.requestId);
  const violations: FieldViolation[] = [];
  if (!/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/.test(input.name)) {
    violations.push({
      field: 'name',
      description: `"${input.name}" must be 1 to 40 characters of a-z, 0-9 and "-", start with a letter and end with a letter or digit`,
    });
  }
  const size = memoryQuantity(input.size);
  if (!size.ok) violations.push({ field: 'size', description: `"${input.size}" is no size; write "10Gi" or "500Mi"` });
  const accessModes = input.accessModes.length > 0 ? input.accessModes : ['ReadWriteOnce'];
  for (const mode of accessModes) {
    if (!ACCESS_MODES.some((known) => known === mode)) {
      violations.push({
        field: 'access_modes',
        description: `"${mode}" is no access mode; use ${ACCESS_MODES.join(', ')}`,
      });
    }
  }
  if (input.storageClass !== '' && !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(input.storageClass)) {
    violations.push({ field: 'storage_class', description: `"${input.storageClass}" is no name of a StorageClass` });
  }
  if (!size.ok || violations.length > 0) {
    const text = violations.map((violation) => `${violation.field}: ${violation.description}`).join('; ');
    throw new TaskError('INVALID_ARGUMENT', text, { violations });
  }
  const asked = {
    id: volumeIdOf(user, input.name),
    name: input.name,
    user,
    size: size.quantity,
    storageClass: input.storageClass || undefined,
    accessModes: [...new Set(accessModes)],
  };
  // Without an id of the caller's only repetitions by this server are known as such.
  const fingerprint = fingerprintOf({ ...asked, requestId: input.requestId || domain.ids.random() });
  return domain.volumes.create({ ...asked, fingerprint }, signal);
}

/** Which volumes to list. */
export interface ListVolumesRequest {
  readonly allUsers: boolean;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly idPrefix: string;
}

/** Volumes, newest first. */
export async function listVolumes(
  domain: Uses,
  user: string,
  request: ListVolumesRequest,
  signal: AbortSignal,
): Promise<{ volumes: readonly UsedVolume[]; nextPageToken: string }> {
  if (request.pageSize < 0) throw invalidArgument('page_size', 'must not be negative');
  const filters = [request.allUsers ? '' : user, request.allUsers, request.idPrefix];
  const after = parsePageToken(request.pageToken, filters);
  const limit = request.pageSize > 0 ? Math.min(request.pageSize, MAX_PAGE_SIZE) : MAX_PAGE_SIZE;
  const volumes = (await domain.volumes.list(signal))
    .filter((volume) => volume.id.startsWith(request.idPrefix) && (request.allUsers || volume.user === user))
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1))
    .filter(
      (volume) =>
        !after ||
        volume.createdAtMs < after.createdAtMs ||
        (volume.createdAtMs === after.createdAtMs && volume.id < after.id),
    );
  const page = volumes.slice(0, limit);
  const last = page.at(-1);
  const more = volumes.length > limit && last;
  const uses = tasksByClaim(domain);
  const used = page.map((volume) => usedBy(volume, uses.get(volume.claimName)));
  return { volumes: used, nextPageToken: more ? pageToken(last, filters) : '' };
}

/** The user's volume. Throws NOT_FOUND. */
export async function getVolume(
  domain: Uses,
  user: string,
  volumeId: string,
  signal: AbortSignal,
): Promise<UsedVolume> {
  const volume = await domain.volumes.get(volumeId, signal);
  if (!volume || volume.user !== user) throw volumeNotFound(volumeId);
  return usedBy(volume, tasksByClaim(domain).get(volume.claimName));
}

/** Deletes the user's volume. Throws NOT_FOUND, and FAILED_PRECONDITION while a task uses it. */
export async function deleteVolume(domain: Uses, user: string, volumeId: string, signal: AbortSignal): Promise<Volume> {
  const volume = await getVolume(domain, user, volumeId, signal);
  if (volume.taskIds.length > 0) throw inUse(volume);
  await domain.volumes.remove(volume, signal);
  return volume;
}

function usedBy(volume: Volume, taskIds: readonly string[] = []): UsedVolume {
  return Object.assign({ taskIds }, volume);
}

function inUse({ id, name, taskIds }: UsedVolume): TaskError {
  const told = taskIds.slice(0, TOLD_TASKS).join(', ');
  const more = taskIds.length > TOLD_TASKS ? ` and ${taskIds.length - TOLD_TASKS} more` : '';
  const text = taskIds.length === 1 ? `task ${told} uses` : `tasks ${told}${more} use`;
  return new TaskError(
    'VOLUME_IN_USE',
    `volume "${name}" is not deleted: ${text} it; stop what uses it with \`k8s-cli jobs stop ID\`, or wait for its end`,
    { metadata: { volume_id: id, task_ids: taskIds.slice(0, MAX_METADATA_TASKS).join(',') } },
  );
}
