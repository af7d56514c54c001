import type { Report } from '../report.js';
import { type Child, children, describe, quote, type Value } from '../tree.js';
import { readString } from './field.js';
import { hasControlCharacter, normalizePath } from './path.js';

/** A volume and where it is mounted. */
export interface VolumeMount {
  /** Absolute path in the container, normalised. */
  mountPath: string;
  /** The volume's name. */
  volume: string;
}

const MAX_NAME_LENGTH = 253;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const SYSTEM_PATH = /^\/(?:proc|sys|dev)(?:\/|$)/;

/** Volumes by mount path, in the order of the file. */
export function readVolumes(value: Value, report: Report): readonly VolumeMount[] | undefined {
  const { node, path } = value;
  if (node.kind !== 'map') {
    const message = `must be a mapping of paths to volume names, not ${describe(node)}`;
    return report.refuse(value, message, 'write `/data: my-volume` lines');
  }
  const mounts: VolumeMount[] = [];
  const taken = new Set<string>();
  for (const child of children(node, path)) {
    const mountPath = readMountPath(child, report);
    const volume = readVolume(child, report);
    if (mountPath !== undefined && taken.has(mountPath)) {
      report.refuse(child.keySpot, `${quote(mountPath)} already has a volume`, 'give each volume a path of its own');
    }
    if (mountPath !== undefined) taken.add(mountPath);
    if (mountPath !== undefined && volume !== undefined) mounts.push({ mountPath, volume });
  }
  return mounts;
}

function readMountPath({ key, keySpot }: Child, report: Report): string | undefined {
  const path = normalizePath(key);
  if (path === undefined) {
    const message = `${quote(key)} is not an absolute path without ".."`;
    return report.refuse(keySpot, message, 'write a path such as /data');
  }
  // Kubernetes takes no colon in a mount path.
  if (hasControlCharacter(key) || key.includes(':')) {
    const message = `${quote(key)} has a colon or control characters`;
    return report.refuse(keySpot, message, 'write a plain path such as /data');
  }
  if (path === '/' || SYSTEM_PATH.test(path)) {
    const message = `a volume at ${path.slice(0, 40)} would hide what the system needs there`;
    return report.refuse(keySpot, message, 'mount it at a path such as /data');
  }
  return path;
}

/** `{name: data}` is the long form of `data`; the other keys of that form ask for more than a mount. */
function readVolume(child: Child, report: Report): string | undefined {
  const { keySpot, node, path } = child;
  if (node.kind === 'null') {
    return report.refuse(keySpot, 'names no volume', 'write the name of a volume, as `k8s-cli volumes list` shows it');
  }
  if (node.kind !== 'map') return readVolumeName(child, report);
  const entries = children(node, path);
  const other = entries.find((entry) => entry.key !== 'name');
  if (other !== undefined) {
    const fix = 'write `path: volume-name`, with a volume made by `k8s-cli volumes create`';
    return report.refuse(other.keySpot, 'is not supported yet', fix);
  }
  const name = entries[0];
  if (name === undefined) return report.refuse(child, 'names no volume', 'write `path: volume-name`');
  return readVolumeName(name, report);
}

function readVolumeName(value: Value, report: Report): string | undefined {
  const name = readString(value, report);
  if (name === undefined || (NAME.test(name) && name.length <= MAX_NAME_LENGTH)) return name;
  const fix = name.includes('/')
    ? 'files of your own machine cannot be mounted; write the name of a volume'
    : 'use letters, digits, "-", "_" and "."';
  return report.refuse(value, `${quote(name)} is not the name of a volume`, fix);
}
