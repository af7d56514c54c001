import { hostMounts, mirroredFolders, ownFolders } from './host-mounts.js';
import { containerVariable } from './strays.js';

/**
 * How far a pod's processes can be kept apart on this machine:
 * `overlay`: as root, own mount and pid namespaces; `/` is the lower layer of an overlay whose upper layer is on disk;
 * `overlay-memory`: the same with the upper layer in memory, where the disk cannot carry one;
 * `bind`: as an ordinary user in a user namespace; the host's folders are bound into a root in memory;
 * `none`: a process group only; no volumes, no names of other pods.
 */
export type Isolation = 'overlay' | 'overlay-memory' | 'bind' | 'none';

/** Something that is to be seen at a path of the container. */
export interface Mount {
  /** Path on the host; without one, an empty file system in memory. */
  source?: string;
  target: string;
  readOnly?: boolean;
  /** Whether the source is a file. */
  file?: boolean;
  /** Upper limit of a file system in memory. */
  sizeBytes?: number;
}

/** Everything the scripts that become a container's first process need. */
export interface Launch {
  isolation: Isolation;
  /** Uid of the pod, a slash, and name of the container: by this its processes are found again. */
  container: string;
  /** Directory of the container's own files: `root`, `upper`, `work`, `tmp` are made in it. */
  directory: string;
  /** A path of the host that the container must not see: the data of the cluster. */
  hidden: string;
  hostname: string;
  mounts: readonly Mount[];
  /** Files into which the first process writes 0, so that it and all that it starts are limited. */
  joinFiles: readonly string[];
  workingDirectory: string;
  environment: ReadonlyMap<string, string>;
  command: readonly string[];
}

const maxMirroredEntries = 2000;
const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'fuse', 'kvm'];

// What the scripts report on descriptor 3: a kind, a blank, and what went wrong in words.
const prelude = `PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
umask 022
fail() { kind=$1; shift; printf '%s %s\\n' "$kind" "$*" >&3; exit 1; }
try() { message=$("$@" 2>&1) || fail mount "$message"; }
`;

/**
 * The script that puts a container's root together; it goes on with the other one inside of that root. It runs in
 * namespaces of its own, so nothing it mounts is seen by others or outlives it.
 */
export async function rootScript(launch: Launch, innerScriptPath: string): Promise<string> {
  const hidden = quote(`root${launch.hidden}`);
  const lines = [
    prelude,
    ...begin(launch),
    `cd ${quote(launch.directory)} || fail mount "cannot enter ${launch.directory}"`,
  ];
  lines.push(
    ...(await (launch.isolation === 'bind' ? boundRoot(launch) : overlayRoot(launch))),
    'try mount -t proc proc root/proc',
    'mount --rbind /sys root/sys 2>/dev/null',
    'try mount -t tmpfs -o mode=755 tmpfs root/run',
    ...ownDevices(),
    `if [ -d ${hidden} ]; then try mount -t tmpfs -o ro,mode=555,size=4k tmpfs ${hidden}; fi`,
    // Copied, because it is often a link into /run.
    'cat /etc/resolv.conf >root/dev/.volumes/resolv.conf 2>/dev/null',
  );
  launch.mounts.forEach((mount, index) => {
    if (mount.source === undefined) return;
    lines.push(
      mount.file ? `: >root/dev/.volumes/${index}` : `mkdir root/dev/.volumes/${index}`,
      `try mount --bind ${quote(mount.source)} root/dev/.volumes/${index}`,
    );
  });
  lines.push(
    `hostname ${quote(launch.hostname)} 2>/dev/null`,
    `exec chroot root /bin/sh -s <${quote(innerScriptPath)}`,
  );
  return `${lines.join('\n')}\n`;
}

/**
 * The script that runs inside of the container's root and becomes its program. Mount points are made here, so that
 * symbolic links on the way are those of the container.
 */
export function innerScript(launch: Launch): string {
  const lines = [prelude];
  if (launch.isolation === 'none') lines.push(...begin(launch));
  else lines.push(...placeMounts(launch));
  const directory = quote(launch.workingDirectory);
  lines.push(
    `mkdir -p ${directory} 2>/dev/null; cd ${directory} 2>/dev/null || fail start ${quote(
      `mkdir ${launch.workingDirectory}: the working directory cannot be made or entered`,
    )}`,
    findProgram(launch.command[0] ?? '', quote(launch.environment.get('PATH') ?? '')),
  );
  const mark = launch.isolation === 'none' ? [[containerVariable, launch.container]] : [];
  const variables = [...launch.environment, ...mark].map(([name, value]) => quote(`${name}=${value}`));
  const command = launch.command.map(quote);
  lines.push("printf 'ok\\n' >&3", `exec env -i ${[...variables, ...command].join(' ')} </dev/null 3>&-`);
  return `${lines.join('\n')}\n`;
}

/** What the first of the scripts begins with: the container's own stderr, and its limits. */
function begin({ joinFiles }: Launch): string[] {
  const limited = joinFiles.map((file) => `echo 0 >${quote(file)} || fail mount "cannot limit cpu and memory"`);
  return ['exec 2>&4 4>&-', ...limited];
}

async function overlayRoot({ isolation, hidden }: Launch): Promise<string[]> {
  const lines = ['mkdir -p root layers'];
  if (isolation === 'overlay-memory') lines.push('try mount -t tmpfs -o mode=700 tmpfs layers');
  const overlay = (lower: string, index: number): string =>
    // Relative names, since paths with commas and colons would need quoting in the options.
    `mkdir -p layers/${index}.up layers/${index}.work && mount -t overlay overlay -o ${quote(
      `lowerdir=${lower.replaceAll(/[\\:,]/g, '\\$&')},upperdir=layers/${index}.up,workdir=layers/${index}.work`,
    )} `;
  lines.push(`try eval ${quote(`${overlay('/', 0)} root`)}`);
  // An overlay of `/` alone does not show them.
  for (const [index, { path, file }] of (await hostMounts(hidden)).entries()) {
    const source = quote(path);
    const target = quote(`root${path}`);
    const readOnlyBind = `{ mount --bind ${source} ${target} && mount -o remount,bind,ro ${target}; }`;
    // A mount of the host that cannot be shown is left out: the program finds an empty folder there.
    if (file) lines.push(`${readOnlyBind} 2>/dev/null`);
    else lines.push(`{ ${overlay(path, index + 1)} ${target} || ${readOnlyBind}; } 2>/dev/null`);
  }
  lines.push('mkdir -p tmp && chmod 1777 tmp && try mount --bind tmp root/tmp');
  return lines;
}

/** Puts a folder together from the entries that it has on the machine, but for those that are there already. */
const mirror = `mirror() {
  [ "$(ls -A "$1/" 2>/dev/null | wc -l)" -le ${maxMirroredEntries} ] ||
    fail mount "$1 has more than ${maxMirroredEntries} entries: mount the volume at another path"
  mkdir -p "root$1"
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -e "root$entry" ] || [ -L "root$entry" ]; then continue
    elif [ -L "$entry" ]; then cp -P "$entry" "root$entry"
    elif [ -d "$entry" ]; then mkdir "root$entry" && mount --rbind "$entry" "root$entry" 2>/dev/null
    elif [ -f "$entry" ]; then : >"root$entry" && mount --bind "$entry" "root$entry" 2>/dev/null
    fi
  done
}`;

async function boundRoot({ mounts, workingDirectory }: Launch): Promise<string[]> {
  const folders = await mirroredFolders([...mounts.map(({ target }) => target), workingDirectory]);
  return [
    'mkdir -p root',
    'try mount -t tmpfs -o mode=755 tmpfs root',
    `mkdir -p ${ownFolders.map((folder) => `root${folder}`).join(' ')} && chmod 1777 root/tmp`,
    mirror,
    ...folders.map((folder) => `mirror ${quote(folder === '/' ? '' : folder)}`),
  ];
}

function ownDevices(): string[] {
  return [
    'try mount -t tmpfs -o mode=755 tmpfs root/dev',
    'mkdir root/dev/.volumes root/dev/shm root/dev/pts',
    `for device in ${devices.join(' ')} $(cd /dev && ls -d nvidia* 2>/dev/null); do`,
    '  [ -c "/dev/$device" ] && : >"root/dev/$device" && mount --bind "/dev/$device" "root/dev/$device" 2>/dev/null',
    'done',
    '[ -d /dev/dri ] && mkdir root/dev/dri && mount --rbind /dev/dri root/dev/dri 2>/dev/null',
    'mount -t tmpfs -o mode=1777 tmpfs root/dev/shm 2>/dev/null',
    'mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts root/dev/pts 2>/dev/null',
    'ln -s pts/ptmx root/dev/ptmx; ln -s /proc/self/fd root/dev/fd',
    'ln -s /proc/self/fd/0 root/dev/stdin; ln -s /proc/self/fd/1 root/dev/stdout; ln -s /proc/self/fd/2 root/dev/stderr',
  ];
}

function placeMounts({ mounts }: Launch): string[] {
  const lines = [
    // A link would point to a file of the host that is not here, or that is not to be changed.
    '[ -L /etc/resolv.conf ] && rm -f /etc/resolv.conf 2>/dev/null && : >/etc/resolv.conf',
    '[ -e /etc/resolv.conf ] && mount --bind /dev/.volumes/resolv.conf /etc/resolv.conf 2>/dev/null',
  ];
  const order = mounts.map((mount, index) => ({ mount, index }));
  // Outer directories first, or they would cover what lies in them.
  order.sort((a, b) => a.mount.target.split('/').length - b.mount.target.split('/').length);
  for (const { mount, index } of order) {
    const target = quote(mount.target);
    const staged = `/dev/.volumes/${index}`;
    if (mount.source === undefined) {
      const size = mount.sizeBytes === undefined ? '' : `,size=${mount.sizeBytes}`;
      lines.push(`try mkdir -p ${target}`, `try mount -t tmpfs -o mode=1777${size} tmpfs ${target}`);
      continue;
    }
    if (mount.file) {
      const parent = quote(mount.target.slice(0, mount.target.lastIndexOf('/')) || '/');
      lines.push(`try mkdir -p ${parent}`, `[ -e ${target} ] || : >${target}`);
    } else lines.push(`try mkdir -p ${target}`);
    lines.push(`try mount --bind ${staged} ${target}`);
    if (mount.readOnly) lines.push(`try eval ${quote(readOnly(target))}`);
  }
  // Never recursively: what could not be unmounted is somebody's data.
  lines.push('umount -l /dev/.volumes/* 2>/dev/null; rm -f /dev/.volumes/* 2>/dev/null');
  lines.push('rmdir /dev/.volumes/* /dev/.volumes 2>/dev/null');
  return lines;
}

/** Flags that a mount got from another user namespace have to be repeated, whichever they are. */
function readOnly(target: string): string {
  const attempt = (flags: string): string => `mount -o remount,bind,ro${flags} ${target}`;
  return `${attempt('')} || ${attempt(',nosuid,nodev')} || ${attempt(',nosuid,nodev,noexec')}`;
}

/** Lines of a script that say what a container runtime says when the program is missing or cannot be run. `path`: as a shell word. */
export function findProgram(program: string, path: string): string {
  const name = quote(program);
  const message = (text: string): string => quote(`exec: ${JSON.stringify(program)}: ${text}`);
  if (program.includes('/')) {
    return [
      `[ -e ${name} ] || fail start ${message(`stat ${program}: no such file or directory`)}`,
      `[ -d ${name} ] && fail start ${message('is a directory')}`,
      `[ -x ${name} ] || fail start ${message('permission denied')}`,
    ].join('\n');
  }
  return [
    'found=',
    `IFS=:; set -f; for folder in $(printf %s ${path}); do`,
    `  [ -f "$folder/"${name} ] && [ -x "$folder/"${name} ] && found=1 && break`,
    'done; unset IFS; set +f',
    `[ -n "$found" ] || fail start ${message('executable file not found in $PATH')}`,
  ].join('\n');
}

/** The text as one word of a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
