/** Volumes as PersistentVolumeClaims. Few enough, and asked for rarely enough, to be read when needed. */

import { TaskError } from '../domain/errors.js';
import type { ResolvedVolume, VolumeRequest, VolumeStore } from '../domain/ports.js';
import type { Volume } from '../domain/volume.js';
import { deletionOf, isGone } from './api/delete.js';
import { hasCode, toTaskError } from './api/errors.js';
import { listAll } from './api/list-all.js';
import { claimObject } from './manifests/volume.js';
import { ANNOTATION, claimName, LABEL, labelValue, VOLUME_SELECTOR } from './names.js';
import { timeMs, type RawClaim } from './objects.js';
import type { Paths } from './paths.js';
import type { KubeClient } from './api/client.js';

/** The volumes of a namespace. */
export function createVolumeStore(client: KubeClient, paths: Paths, namespace: string): VolumeStore {
  const claims = (labelSelector: string, signal: AbortSignal): Promise<readonly RawClaim[]> =>
    listAll(client, paths.claims, { labelSelector }, signal);

  async function claim(name: string, first: boolean, signal: AbortSignal): Promise<RawClaim | undefined> {
    try {
      return (await client.request<RawClaim>({ method: 'GET', path: `${paths.claims}/${name}`, first, signal })).body;
    } catch (error) {
      if (hasCode(error, 404)) return undefined;
      throw error;
    }
  }

  return {
    create: (request, signal) =>
      worded(`creating volume "${request.name}"`, async () => {
        try {
          const body = claimObject(request);
          const made = client.request<RawClaim>({ method: 'POST', path: paths.claims, body, first: true, signal });
          const { body: raw, warnings } = await made;
          return { volume: volumeOf(raw, namespace), warnings };
        } catch (error) {
          if (!hasCode(error, 409)) throw error;
          const known = await claim(claimName(request.name, request.id), false, signal);
          // It went meanwhile.
          if (!known) throw error;
          if (isAnswerTo(request, known)) return { volume: volumeOf(known, namespace), warnings: [] };
          throw existing(request, known);
        }
      }),

    list: (signal) =>
      read('listing volumes', async () =>
        (await claims(VOLUME_SELECTOR, signal)).map((raw) => volumeOf(raw, namespace)),
      ),

    get: (volumeId, signal) =>
      read(`looking for volume "${volumeId}"`, async () => {
        if (!/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(volumeId)) return undefined;
        const [raw] = await claims(`${VOLUME_SELECTOR},${LABEL.volumeId}=${volumeId}`, signal);
        return raw && volumeOf(raw, namespace);
      }),

    remove: (volume, signal) =>
      worded(`deleting volume "${volume.name}"`, async () => {
        try {
          await client.request({
            method: 'DELETE',
            path: `${paths.claims}/${volume.claimName}`,
            body: deletionOf(volume.uid),
            first: true,
            signal,
          });
        } catch (error) {
          if (!isGone(error)) throw error;
        }
      }),

    resolve: (name, user, signal) =>
      read(`looking for volume "${name}"`, async () => {
        const selector = `${VOLUME_SELECTOR},${LABEL.volumeName}=${labelValue(name)},${LABEL.username}=${labelValue(user)}`;
        const own = (await claims(selector, signal)).find((raw) => {
          const volume = volumeOf(raw, namespace);
          return volume.user === user && volume.name === name;
        });
        if (own) return resolved(own);
        if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) return undefined;
        const plain = await claim(name, true, signal);
        return plain && plain.metadata.labels?.[LABEL.volume] === undefined ? resolved(plain) : undefined;
      }),
  };
}

/** Whether an earlier try of this very request made the claim: its answer was lost, and the request was sent again. */
function isAnswerTo(request: VolumeRequest, { metadata }: RawClaim): boolean {
  return (
    metadata.deletionTimestamp === undefined && metadata.annotations?.[ANNOTATION.fingerprint] === request.fingerprint
  );
}

function existing(request: VolumeRequest, claim: RawClaim): TaskError {
  const metadata = { volume_name: request.name, volume_id: request.id };
  if (claim.metadata.deletionTimestamp !== undefined) {
    const text = `volume "${request.name}" is still being deleted, and goes with the tasks that mounted it, also with ended ones; \`k8s-cli jobs delete ID\` deletes those`;
    return new TaskError('VOLUME_BEING_DELETED', text, { metadata });
  }
  const text = `volume "${request.name}" exists already (${request.id}); choose another name, or delete it first`;
  return new TaskError('VOLUME_EXISTS', text, { metadata });
}

function resolved(raw: RawClaim): ResolvedVolume {
  const deleting = raw.metadata.deletionTimestamp !== undefined;
  return { claimName: raw.metadata.name, deleting, accessModes: raw.spec?.accessModes ?? [] };
}

function volumeOf(raw: RawClaim, namespace: string): Volume {
  const { metadata, spec, status } = raw;
  const labels = metadata.labels ?? {};
  return {
    id: labels[LABEL.volumeId] ?? '',
    uid: metadata.uid,
    name: metadata.annotations?.[ANNOTATION.volumeName] ?? labels[LABEL.volumeName] ?? '',
    size: spec?.resources?.requests?.storage ?? '',
    storageClass: spec?.storageClassName ?? '',
    accessModes: spec?.accessModes ?? [],
    status: status?.phase ?? 'Pending',
    createdAtMs: timeMs(metadata.creationTimestamp) ?? 0,
    deletedAtMs: timeMs(metadata.deletionTimestamp),
    user: metadata.annotations?.[ANNOTATION.username] ?? labels[LABEL.username] ?? '',
    claimName: metadata.name,
    namespace,
  };
}

async function worded<T>(doing: string, work: () => Promise<T>, how?: { readonly reading: boolean }): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toTaskError(error, doing, how);
  }
}

/** What reads is done before anything else of its call. */
function read<T>(doing: string, work: () => Promise<T>): Promise<T> {
  return worded(doing, work, { reading: true });
}
