import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';

/** A mount point of the host. */
export interface HostMount {
  path: string;
  file: boolean;
}

const shownTypes = new Set(
  'ext2 ext3 ext4 xfs btrfs zfs f2fs bcachefs nfs nfs4 cifs virtiofs 9p squashfs overlay fuseblk ntfs3 vfat erofs'.split(
    ' ',
  ),
);
/** What every container has of its own. */
export const ownFolders = ['/proc', '/sys', '/dev', '/run', '/tmp'];
const otherRuntimes = ['/var/lib/docker', '/var/lib/containerd', '/var/lib/containers', '/var/lib/kubelet', '/boot'];
const maxMounts = 64;

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
 * making directories on the host: the existing folder above each target that is missing, and those above that, inner ones first.
 */
export async function mirroredFolders(targets: readonly string[]): Promise<string[]> {
  const folders = new Set(['/']);
  for (const target of targets) {
    const existing = await deepestExisting(target);
    if (existing === target || ownFolders.some((folder) => isWithin(existing, folder))) continue;
    for (let path = existing; path !== '/'; path = dirname(path)) folders.add(path);
  }
  return [...folders].toSorted((a, b) => b.length - a.length);
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
