import { readFile, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** A mount point of the host. */
export interface HostMount {
  path: string;
  file: boolean;
}

/** A directory whose entries are bound one by one; parents come before their children. */
export interface MirroredDirectory {
  path: string;
  entries: readonly { name: string; kind: 'directory' | 'file' | 'link'; linkTarget?: string }[];
}

const shownTypes = new Set(
  'ext2 ext3 ext4 xfs btrfs zfs f2fs bcachefs nfs nfs4 cifs virtiofs 9p squashfs overlay fuseblk ntfs3 vfat erofs'.split(
    ' ',
  ),
);
const ownFolders = ['/proc', '/sys', '/dev', '/run', '/tmp'];
const otherRuntimes = ['/var/lib/docker', '/var/lib/containerd', '/var/lib/containers', '/var/lib/kubelet', '/boot'];
const maxMounts = 64;
const maxMirroredEntries = 2000;

/** The host's file systems below `/` that a container is to see, outer ones first; none without /proc. */
export async function hostMounts(hidden: string): Promise<HostMount[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const found = new Map<string, HostMount>();
  for (const line of table.split('\n')) {
    const fields = line.split(' ');
    const path = unescape(fields[4] ?? '/');
    const type = fields[fields.indexOf('-') + 1] ?? '';
    if (path === '/' || !shownTypes.has(type)) continue;
    if ([...ownFolders, ...otherRuntimes, hidden].some((folder) => isWithin(path, folder))) continue;
    const entry = await stat(path).catch(() => undefined);
    if (entry !== undefined) found.set(path, { path, file: !entry.isDirectory() });
  }
  const mounts = [...found.values()].filter(({ path }) => !/\/(kubelet|containerd|docker)\//.test(path));
  return mounts.toSorted((a, b) => (a.path < b.path ? -1 : 1)).slice(0, maxMounts);
}

/**
 * The folders that have to be put together from their entries so that every target can be made a mount point without
 * making directories on the host: `/`, and the existing folder above each target that is missing.
 */
export async function mirroredDirectories(targets: readonly string[]): Promise<MirroredDirectory[]> {
  const paths = new Set(['/']);
  for (const target of targets) {
    const existing = await deepestExisting(target);
    if (existing === target || ownFolders.some((folder) => isWithin(existing, folder))) continue;
    for (let path = existing; path !== '/'; path = dirname(path)) paths.add(path);
  }
  const mirrored: MirroredDirectory[] = [];
  for (const path of [...paths].toSorted((a, b) => a.length - b.length)) {
    const entries = await readdir(path, { withFileTypes: true });
    if (entries.length > maxMirroredEntries) {
      throw new Error(`${path} has more than ${maxMirroredEntries} entries: mount the volume at another path`);
    }
    const kept: MirroredDirectory['entries'][number][] = [];
    for (const entry of entries) {
      const { name } = entry;
      if (path === '/' && ownFolders.includes(`/${name}`)) continue;
      if (entry.isSymbolicLink()) {
        kept.push({ name, kind: 'link', linkTarget: await readlink(join(path, name)) });
      } else if (entry.isDirectory()) kept.push({ name, kind: 'directory' });
      else if (entry.isFile()) kept.push({ name, kind: 'file' });
    }
    mirrored.push({ path, entries: kept });
  }
  return mirrored;
}

async function deepestExisting(target: string): Promise<string> {
  for (let path = target; ; path = dirname(path)) {
    const real = await realpath(path).catch(() => undefined);
    if (real !== undefined) return path === target ? target : real;
  }
}

/** Whether the path is the folder or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith('../'));
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
