import type { Report, Spot } from '../report.js';
import { children, describe, quote, type Value } from '../tree.js';
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
  if (value.node.kind !== 'map') {
    report.refuse(
      { path: value.path, at: value.node.at },
      `must be a mapping of paths to volume names, not ${describe(value.node)}`,
      'write `/data: my-volume` lines',
    );
    return undefined;
  }
  const mounts = new Map<string, VolumeMount>();
  for (const child of children(value.node, value.path)) {
    const spot = { path: child.path, at: child.keyAt };
    const mountPath = readMountPath(child.key, spot, report);
    const volume = child.node.kind === 'null' ? noVolume(spot, report) : readVolumeName(child, report);
    if (mountPath === undefined) continue;
    if (mounts.has(mountPath))
      report.refuse(spot, `${quote(mountPath)} already has a volume`, 'give each volume a path of its own');
    else mounts.set(mountPath, { mountPath, volume: volume ?? '' });
  }
  return [...mounts.values()];
}

function readMountPath(path: string, spot: Spot, report: Report): string | undefined {
  const normalized = normalizePath(path);
  if (normalized === undefined) {
    report.refuse(spot, `${quote(path)} is not an absolute path without ".."`, 'write a path such as /data');
    return undefined;
  }
  // Kubernetes takes no colon in a mount path.
  if (hasControlCharacter(path) || path.includes(':')) {
    report.refuse(spot, `${quote(path)} has a colon or control characters`, 'write a plain path such as /data');
    return undefined;
  }
  if (normalized === '/' || SYSTEM_PATH.test(normalized)) {
    report.refuse(
      spot,
      `a volume at ${normalized} would hide what the system needs there`,
      'mount it at a path such as /data',
    );
    return undefined;
  }
  return normalized;
}

function noVolume(spot: Spot, report: Report): undefined {
  report.refuse(spot, 'names no volume', 'write the name of a volume, as `k8s-cli volumes list` shows it');
}

function readVolumeName(value: Value, report: Report): string | undefined {
  const { node, path } = value;
  const spot = { path, at: node.at };
  if (node.kind === 'map') return readVolumeObject(value, report);
  const name = readString(value, report);
  if (name === undefined) return undefined;
  if (NAME.test(name) && name.length <= MAX_NAME_LENGTH) return name;
  report.refuse(
    spot,
    `${quote(name)} is not the name of a volume`,
    name.includes('/')
      ? 'files of your own machine cannot be mounted; write the name of a volume'
      : 'use letters, digits, "-", "_" and "."',
  );
  return undefined;
}

/** `{name: data}` is the long form of `data`; the other keys of that form ask for more than a mount. */
function readVolumeObject(value: Value, report: Report): string | undefined {
  if (value.node.kind !== 'map') return undefined;
  const entries = children(value.node, value.path);
  const other = entries.find((entry) => entry.key !== 'name');
  if (other !== undefined) {
    report.refuse(
      { path: other.path, at: other.keyAt },
      'is not supported yet',
      'write `path: volume-name`, with a volume made by `k8s-cli volumes create`',
    );
    return undefined;
  }
  const name = entries[0];
  if (name !== undefined && name.node.kind !== 'map') return readVolumeName(name, report);
  report.refuse({ path: value.path, at: value.node.at }, 'names no volume', 'write `path: volume-name`');
  return undefined;
}
