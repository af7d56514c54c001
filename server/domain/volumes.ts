/** Volumes: one claim each, known by name to its owner's tasks. */

import { NEW_VOLUME_NAME, NEW_VOLUME_NAME_RULE } from '../../taskfile/fields/volumes.js';
import { memoryQuantity } from '../../taskfile/quantity.js';
import { labelViolations } from '../../taskfile/volume-file.js';
import type { Domain } from './context.js';
import { invalidArgument, TaskError, volumeNotFound, type FieldViolation } from './errors.js';
import { pageToken, parsePageToken } from './page-token.js';
import { checkRequestId, fingerprintOf, volumeIdOf } from './request-id.js';
import type { CreatedVolume } from './ports.js';
import { ACCESS_MODES, type UsedVolume, type Volume } from './volume.js';
import { reasonsOf, storageWarnings } from './volume-reasons.js';
import { namesOf, tasksByClaim, tasksWithPods, untilGone } from './volume-use.js';

type Uses = Pick<Domain, 'volumes' | 'store' | 'namespace' | 'events'>;
type Creates = Pick<Domain, 'volumes' | 'ids' | 'namespace' | 'site'>;

/** Most volumes of one page. */
const MAX_PAGE_SIZE = 1000;
/** How long the cluster may take to tell its StorageClasses, when a volume is created. */
const CLASSES_TIMEOUT_MS = 2000;
/** So many tasks that use a volume are named to programs. */
const MAX_METADATA_TASKS = 100;

/** A volume that a user wants. */
export interface CreateVolumeInput {
  readonly name: string;
  readonly size: string;
  readonly storageClass: string;
  readonly accessModes: readonly string[];
  /** Empty when the caller does not repeat. */
  readonly requestId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty where any will do. */
  readonly namespace: string;
  readonly cluster: string;
}

/** Creates a volume, once for each request id, and warns where it may stay pending. Throws INVALID_ARGUMENT with every violation, or ALREADY_EXISTS. */
export async function createVolume(
  domain: Creates,
  user: string,
  input: CreateVolumeInput,
  signal: AbortSignal,
): Promise<CreatedVolume> {
  checkRequestId(input.requestId);
  const violations: FieldViolation[] = [];
  if (!NEW_VOLUME_NAME.test(input.name)) {
    violations.push({ field: 'name', description: `"${input.name}" ${NEW_VOLUME_NAME_RULE}` });
  }
  const size = memoryQuantity(input.size);
  if (!size.ok) {
    const wrong = input.size === '' ? 'is missing' : `"${input.size}" is no size`;
    violations.push({ field: 'size', description: `${wrong}; write "10Gi" or "500Mi"` });
  }
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
  violations.push(...placeProblems(domain, input), ...labelProblems(input.labels));
  if (!size.ok || violations.length > 0) {
    throw invalid(violations);
  }
  const asked = {
    id: volumeIdOf(user, input.name),
    name: input.name,
    user,
    size: size.quantity,
    storageClass: input.storageClass || undefined,
    accessModes: [...new Set(accessModes)],
    labels: input.labels,
  };
  // Without an id of the caller's only repetitions by this server are known as such.
  const fingerprint = fingerprintOf({ ...asked, requestId: input.requestId || domain.ids.random() });
  const [{ volume, warnings }, classes] = await Promise.all([
    domain.volumes.create({ ...asked, fingerprint }, signal),
    // The volume is there whether they are known or not, and who has created it does not wait long for them.
    domain.site.facts.storageClasses(AbortSignal.timeout(CLASSES_TIMEOUT_MS)).catch(() => 'unknown' as const),
  ]);
  return { volume, warnings: [...warnings, ...storageWarnings(volume.storageClass, classes)] };
}

/** Looks whether a name means a volume or a claim that is there. Throws INVALID_ARGUMENT, or NOT_FOUND. */
export async function existingVolume(
  domain: Creates,
  user: string,
  input: Pick<CreateVolumeInput, 'name' | 'namespace' | 'cluster'>,
  signal: AbortSignal,
): Promise<void> {
  const violations = placeProblems(domain, input);
  if (violations.length > 0) throw invalid(violations);
  const claim = await domain.volumes.resolve(input.name, user, signal);
  if (claim !== undefined && !claim.deleting) return;
  const text = `neither a volume nor a claim "${input.name}" is there; leave use_existing out to create it`;
  throw new TaskError('VOLUME_NOT_FOUND', text, { metadata: { volume_name: input.name } });
}

/** What is wrong with where a volume is to be. */
function placeProblems(
  { namespace, site }: Creates,
  input: Pick<CreateVolumeInput, 'namespace' | 'cluster'>,
): readonly FieldViolation[] {
  const problems: FieldViolation[] = [];
  if (input.namespace !== '' && input.namespace !== namespace) {
    const description = `volumes of this server live in the namespace "${namespace}"; leave namespace out`;
    problems.push({ field: 'namespace', description });
  }
  if (input.cluster !== '' && input.cluster !== site.facts.name) {
    const description = `this server serves "${site.facts.name}", not "${input.cluster}"; use the server of that cluster`;
    problems.push({ field: 'cluster', description });
  }
  return problems;
}

function labelProblems(labels: Readonly<Record<string, string>>): readonly FieldViolation[] {
  return labelViolations(labels).map(({ field, message, fix }) => ({
    field: `labels.${field}`,
    description: `${message}; ${fix}`,
  }));
}

function invalid(violations: readonly FieldViolation[]): TaskError {
  const text = violations.map((violation) => `${violation.field}: ${violation.description}`).join('; ');
  return new TaskError('INVALID_ARGUMENT', text, { violations });
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
  const reasons = await reasonsOf(domain, page, signal);
  const used = page.map((volume) => usedBy(volume, uses.get(volume.claimName), reasons.get(volume.uid)));
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
  const reasons = await reasonsOf(domain, [volume], signal);
  return usedBy(volume, tasksByClaim(domain).get(volume.claimName), reasons.get(volume.uid));
}

/** Deletes the user's volume; tells in a sentence what came of it. Throws NOT_FOUND, and FAILED_PRECONDITION while a task uses it. */
export async function deleteVolume(domain: Uses, user: string, volumeId: string, signal: AbortSignal): Promise<string> {
  const volume = await getVolume(domain, user, volumeId, signal);
  if (volume.taskIds.length > 0) throw inUse(volume);
  const ended = tasksWithPods(domain).get(volume.claimName) ?? [];
  await domain.volumes.remove(volume, signal);
  if (ended.length === 0) return `Volume ${volume.name} deleted`;
  return `Volume ${volume.name} is being deleted, and is ${untilGone(ended)}`;
}

function usedBy(volume: Volume, taskIds: readonly string[] = [], reason = ''): UsedVolume {
  return Object.assign({ taskIds, reason }, volume);
}

function inUse({ id, name, taskIds }: UsedVolume): TaskError {
  const text = `${namesOf(taskIds)} ${taskIds.length === 1 ? 'uses' : 'use'}`;
  return new TaskError(
    'VOLUME_IN_USE',
    `volume "${name}" is not deleted: ${text} it; stop what uses it with \`k8s-cli jobs stop ID\`, or wait for its end`,
    { metadata: { volume_id: id, task_ids: taskIds.slice(0, MAX_METADATA_TASKS).join(',') } },
  );
}
