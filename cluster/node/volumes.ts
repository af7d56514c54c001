import { chmod, mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { quantityValue } from '../kinds/quantity.js';
import type { KubeObject } from '../store/object.js';
import { type Lookup, dataOf, fieldValue } from './environment.js';
import type { Mount } from './process/launch-script.js';

/** A volume that cannot be mounted (yet); the message is the one of the FailedMount event. */
export class VolumeError extends Error {}

/** Where a volume's content is on this machine. */
export interface PreparedVolume {
  /** Absent for a file system in memory. */
  path?: string;
  readOnly: boolean;
  sizeBytes?: number;
}

/** What preparing volumes needs to know. */
export interface VolumeContext {
  /** Directory of the pod's own volumes. */
  directory: string;
  lookup: Lookup;
  /** Directory in which the content of claims' volumes is. */
  dataDir: string;
}

interface KeyToPath {
  key: string;
  path: string;
  mode?: number;
}

interface Entry {
  path: string;
  content: Buffer;
  mode: number;
}

/** Where the content of a claim's volume is: a directory named by the claim's uid. */
export function volumeDirectory(dataDir: string, claimUid: string): string {
  return join(dataDir, 'volumes', claimUid);
}

/** Makes the pod's volumes ready, by name; throws VolumeError for the first that cannot be. */
export async function prepareVolumes(pod: KubeObject, context: VolumeContext): Promise<Map<string, PreparedVolume>> {
  const prepared = new Map<string, PreparedVolume>();
  for (const volume of pod.spec.volumes ?? []) {
    try {
      prepared.set(volume.name, await prepare(volume, pod, context));
    } catch (error) {
      throw new VolumeError(
        `MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${(error as Error).message}`,
        { cause: error },
      );
    }
  }
  return prepared;
}

/** What a container mounts of its pod's volumes, and where. */
export async function volumeMounts(
  container: KubeObject['spec'],
  volumes: ReadonlyMap<string, PreparedVolume>,
): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const { name, mountPath, subPath, readOnly } of container.volumeMounts ?? []) {
    const volume = volumes.get(name);
    if (volume === undefined) throw new VolumeError(`the pod has no volume ${JSON.stringify(name)}`);
    const target = normalize(`/${mountPath}`).replace(/(.)\/$/, '$1');
    if (volume.path === undefined) {
      mounts.push({ target, ...(volume.sizeBytes === undefined ? {} : { sizeBytes: volume.sizeBytes }) });
      continue;
    }
    // Anchored at the root first, so that ".." cannot leave the volume.
    const source = join(volume.path, normalize(`/${subPath ?? ''}`));
    if (subPath !== undefined && !volume.readOnly) await mkdir(source, { recursive: true }).catch(() => undefined);
    const entry = await stat(source);
    mounts.push({ source, target, file: !entry.isDirectory(), readOnly: readOnly === true || volume.readOnly });
  }
  return mounts;
}

async function prepare(volume: KubeObject['spec'], pod: KubeObject, context: VolumeContext): Promise<PreparedVolume> {
  const path = join(context.directory, volume.name);
  if (volume.persistentVolumeClaim !== undefined) {
    const { claimName, readOnly } = volume.persistentVolumeClaim;
    const claim = context.lookup('persistentvolumeclaims', claimName);
    if (claim?.status?.phase !== 'Bound') throw new Error(`persistentvolumeclaim "${claimName}" not found`);
    const directory = volumeDirectory(context.dataDir, claim.metadata.uid);
    await mkdir(directory, { recursive: true });
    return { path: directory, readOnly: readOnly === true };
  }
  if (volume.emptyDir !== undefined) return emptyDirectory(path, volume.emptyDir, pod);
  await writeEntries(path, entriesOf(volume, pod, context.lookup));
  return { path, readOnly: true };
}

async function emptyDirectory(
  path: string,
  { medium, sizeLimit }: { medium?: string; sizeLimit?: string },
  pod: KubeObject,
): Promise<PreparedVolume> {
  // A file system in memory belongs to one container's namespace, so several containers share one on disk.
  if (medium === 'Memory' && pod.spec.containers.length === 1) {
    return { readOnly: false, ...(sizeLimit === undefined ? {} : { sizeBytes: quantityValue(sizeLimit) ?? 0 }) };
  }
  await mkdir(path, { recursive: true });
  await chmod(path, 0o777);
  return { path, readOnly: false };
}

/** The files of a volume that shows an object. */
function entriesOf({ configMap, secret, downwardAPI }: KubeObject['spec'], pod: KubeObject, lookup: Lookup): Entry[] {
  if (downwardAPI !== undefined) {
    return (downwardAPI.items ?? []).map(({ path, fieldRef, mode = downwardAPI.defaultMode }: KubeObject['spec']) => ({
      path,
      content: Buffer.from(fieldValue(pod, fieldRef.fieldPath)),
      mode,
    }));
  }
  const resource = configMap === undefined ? 'secrets' : 'configmaps';
  const source = configMap ?? { ...secret, name: secret.secretName };
  const data = dataOf(resource, source, lookup);
  const wanted: KeyToPath[] = source.items ?? [...(data?.keys() ?? [])].map((key) => ({ key, path: key }));
  return wanted.flatMap(({ key, path, mode = source.defaultMode }) => {
    const content = data?.get(key);
    if (content !== undefined) return [{ path, content, mode }];
    if (source.optional === true) return [];
    throw new Error(`references non-existent ${resource.slice(0, -1)} key: ${key}`);
  });
}

/** Brings the files that show the pod's own fields up to date. */
export async function refreshDownward(pod: KubeObject, context: VolumeContext): Promise<void> {
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.downwardAPI !== undefined) await prepare(volume, pod, context);
  }
}

async function writeEntries(directory: string, entries: readonly Entry[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const { path, content, mode } of entries) {
    const file = join(directory, normalize(`/${path}`));
    await mkdir(dirname(file), { recursive: true });
    // In one step, because containers may be reading.
    await writeFile(`${file}.new`, content);
    await chmod(`${file}.new`, mode);
    await rename(`${file}.new`, file);
  }
}
