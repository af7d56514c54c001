import { memoryQuantity } from '../quantity.js';
import type { Report } from '../report.js';
import { type Child, children, describe, quote, type Value } from '../tree.js';
import { type FieldTable, ignored, readFields, readString, refused, supported } from './field.js';
import { PAIRS_SCHEMA, readLabels } from './labels.js';
import { hasControlCharacter, normalizePath } from './path.js';

/** Something that is mounted at a path of the container: a volume that is there, or one that is made for the task. */
export type VolumeMount = NamedMount | NewMount;

/** A volume and where it is mounted. */
export interface NamedMount {
  /** Absolute path in the container, normalised. */
  readonly mountPath: string;
  /** The volume's name. */
  readonly volume: string;
  /** Path inside of the volume; undefined means all of it. */
  readonly subPath: string | undefined;
}

/** Storage that is made for one task, shared by its nodes, and deleted with it. */
export interface NewMount {
  readonly mountPath: string;
  readonly created: NewVolume;
}

/** What storage that is made for a task is like. */
export interface NewVolume {
  /** A canonical Kubernetes quantity. */
  readonly size: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly storageClass: string | undefined;
  readonly accessMode: string;
  /** The namespace that has to be the server's; undefined means any. */
  readonly namespace: string | undefined;
}

/** The fields of a volume that were read so far. */
export type MountDraft = { name?: string | undefined; subPath?: string | undefined; created?: boolean } & {
  -readonly [Field in keyof NewVolume]?: NewVolume[Field] | undefined;
};

/** What a volume that is created can be called. */
export const NEW_VOLUME_NAME = /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/;
/** The same in words. */
export const NEW_VOLUME_NAME_RULE =
  'must be 1 to 40 characters of a-z, 0-9 and "-", start with a letter and end with a letter or digit';

const MAX_NAME_LENGTH = 253;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const CLASS = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;
const SUB_PATH = /^[a-zA-Z0-9._-][a-zA-Z0-9./_-]*$/;
const SYSTEM_PATH = /^\/(?:proc|sys|dev)(?:\/|$)/;
const SIZE = /^\d+(?:[kmgtp][bi])?$/i;
const MODES = ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany'];
const ONLY_FOR_NEW = new Set(['labels', 'config']);
const HOST_PATHS = "directories of the cluster's machines cannot be mounted";
const USE_NAME = 'write `path: volume-name`, with a volume made by `k8s-cli volumes create`';

/** What `config` of storage that is made may say, field by field. */
export const STORAGE_FIELDS: FieldTable<MountDraft> = {
  storage_class_name: supported(
    'A StorageClass of the cluster.',
    ['standard'],
    { type: 'string' },
    (value, report, draft) => {
      const name = readString(value, report);
      if (name === undefined || CLASS.test(name)) draft.storageClass = name;
      else report.refuse(value, `${quote(name)} is not the name of a StorageClass`, 'use a-z, 0-9, "-" and "."');
    },
  ),
  access_mode: supported('Who may mount it.', MODES, { enum: MODES }, (value, report, draft) => {
    const mode = readString(value, report);
    if (mode === undefined || MODES.includes(mode)) draft.accessMode = mode;
    else report.refuse(value, `${quote(mode)} is not an access mode`, `write one of ${MODES.join(', ')}`);
  }),
  namespace: supported("The server's namespace.", ['default'], { type: 'string' }, (value, report, draft) => {
    draft.namespace = readString(value, report);
  }),
  host_path: refused(HOST_PATHS, USE_NAME),
  cleanup_on_deletion: ignored('it is always deleted with its task'),
};

/** What the long forms of a volume may say, field by field. */
export const MOUNT_FIELDS: FieldTable<MountDraft> = {
  name: supported('Name of a volume.', ['training-data'], { type: 'string' }, (value, report, draft) => {
    draft.name = readVolumeName(value, report);
  }),
  sub_path: supported('Path inside of the volume.', ['runs/1'], { type: 'string' }, (value, report, draft) => {
    draft.subPath = readSubPath(value, report);
  }),
  size: supported(
    'Size of storage that is made for this task.',
    ['100Gi', '100'],
    { type: ['string', 'integer'] },
    (value, report, draft) => {
      draft.created = true;
      draft.size = readSize(value, report);
    },
  ),
  type: supported('Only k8s-pvc.', ['k8s-pvc'], { enum: ['k8s-pvc'] }, readType),
  labels: supported('Kubernetes labels of the storage.', ['{team: research}'], PAIRS_SCHEMA, (value, report, draft) => {
    draft.labels = readLabels(value, report);
  }),
  config: supported(
    'More about storage that is made.',
    ['{access_mode: ReadWriteMany}'],
    { $ref: '#/definitions/storage' },
    (value, report, draft) => {
      readFields(STORAGE_FIELDS, {}, value, report, draft);
    },
  ),
  host_path: refused(HOST_PATHS, USE_NAME),
  mode: refused(HOST_PATHS, USE_NAME),
};

/** What may stand behind a path. */
export const MOUNT_SCHEMA = {
  anyOf: [{ type: 'string' }, { $ref: '#/definitions/volume' }],
} as const;

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
    if (mountPath !== undefined && volume !== undefined) mounts.push({ mountPath, ...volume });
  }
  return mounts;
}

/** The absolute path at which something is mounted; refuses those that a container needs for itself. */
export function readMountPath({ key, keySpot }: Pick<Child, 'key' | 'keySpot'>, report: Report): string | undefined {
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

type Mounted = Pick<NamedMount, 'volume' | 'subPath'> | Pick<NewMount, 'created'>;

/** `data`, `{name: data, sub_path: a/b}`, or `{size: 10Gi}` for storage that is made for the task. */
function readVolume(child: Child, report: Report): Mounted | undefined {
  const { keySpot, node } = child;
  if (node.kind === 'null') {
    return report.refuse(keySpot, 'names no volume', 'write the name of a volume, as `k8s-cli volumes list` shows it');
  }
  if (node.kind !== 'map') {
    const volume = readVolumeName(child, report);
    return volume === undefined ? undefined : { volume, subPath: undefined };
  }
  const before = report.violations().length;
  const draft: MountDraft = {};
  readFields(MOUNT_FIELDS, { size_gb: 'did you mean size?' }, child, report, draft);
  const { name, subPath, created, size } = draft;
  if (created && (name !== undefined || subPath !== undefined)) {
    return report.refuse(
      child,
      'has a name or a sub_path and a size',
      'write a name for a volume that is there, a size for one that is made',
    );
  }
  if (name !== undefined) {
    for (const option of children(node, child.path)) {
      if (!ONLY_FOR_NEW.has(option.key) || option.node.kind === 'null') continue;
      report.warn(option.keySpot, 'ignored: it is for storage that is made, and this volume is there');
    }
    return { volume: name, subPath };
  }
  if (size !== undefined) {
    const { labels = {}, storageClass, accessMode = 'ReadWriteOnce', namespace } = draft;
    return { created: { size, labels, storageClass, accessMode, namespace } };
  }
  if (report.violations().length > before) return undefined;
  return report.refuse(child, 'names no volume', 'write `path: volume-name`');
}

/** The name of a volume, or of a claim. */
export function readVolumeName(value: Value, report: Report): string | undefined {
  const name = readString(value, report);
  if (name === undefined || (NAME.test(name) && name.length <= MAX_NAME_LENGTH)) return name;
  const fix = name.includes('/')
    ? 'files of your own machine cannot be mounted; write the name of a volume'
    : 'use letters, digits, "-", "_" and "."';
  return report.refuse(value, `${quote(name)} is not the name of a volume`, fix);
}

function readSubPath(value: Value, report: Report): string | undefined {
  const path = readString(value, report);
  if (path === undefined || path === '') return undefined;
  if (SUB_PATH.test(path) && !path.split('/').includes('..') && path.length <= 1024) return path;
  const fix = 'write a relative path of letters, digits, ".", "_" and "-", without ".."';
  return report.refuse(value, `${quote(path)} is not a path inside of a volume`, fix);
}

/** A size in whole units, as SkyPilot's volumes have it. */
export function readSize(value: Value, report: Report): string | undefined {
  const { node } = value;
  const text = node.kind === 'string' ? node.value : node.kind === 'int' ? String(node.value) : '';
  const result = SIZE.test(text) ? memoryQuantity(text) : undefined;
  if (result?.ok) return result.quantity;
  const message = `${describe(node)} is not a size`;
  return report.refuse(value, message, 'write whole units such as 100Gi; a number without a unit is GiB');
}

/** Refuses every type of volume but claims. */
export function readType(value: Value, report: Report): void {
  const type = readString(value, report);
  if (type === undefined || type === 'k8s-pvc') return;
  const message = type === 'k8s-hostpath' ? HOST_PATHS : `${quote(type)} is not a type of volume here`;
  report.refuse(value, message, 'write k8s-pvc, or leave it out');
}
