import { pythonStr } from '../python-str.js';
import type { Report } from '../report.js';
import { type Child, children, describe, type TreeNode, type Value, valueAt } from '../tree.js';
import { envName, LINUX_MAX_BYTES, NAME_FIX, REGISTRY_LOGIN } from './envs.js';
import { readMountPath } from './volumes.js';

/** A secret that the server's administrator has made known under a name. */
export interface ManagedSecret {
  readonly name: string;
  /** File in the container that holds it; undefined means an environment variable of that name. */
  readonly mountPath: string | undefined;
}

/** What `secrets` holds: values that the task brings along, and names of what the server has. */
export interface SecretsDraft {
  readonly values: Readonly<Record<string, string>>;
  readonly managed: readonly ManagedSecret[];
}

const REFERENCE = /^secrets:(?:(?:personal|workspace|global)\.)?([A-Za-z_][A-Za-z0-9_]*)$/;
const REFERENCE_FIX = 'write "secrets:NAME"';
/** A Secret object holds no more; its keys count too. */
const MAX_TOTAL_BYTES = 1000 * 1024;

/** `secrets`: `{NAME: value}`, `{"secrets:NAME": }` or `["secrets:NAME"]`. No message repeats a value. */
export function readSecrets(value: Value, report: Report): SecretsDraft | undefined {
  const { node, path } = value;
  if (node.kind === 'list') {
    const items = node.items.map((item, index) => readReference(valueAt(`${path}.${index}`, item), report));
    return { values: {}, managed: items.filter((item) => item !== undefined) };
  }
  if (node.kind !== 'map') {
    return report.refuse(value, 'must be a mapping of names to values', 'write `NAME: value` lines');
  }
  const values: [string, string][] = [];
  const managed: ManagedSecret[] = [];
  for (const child of children(node, path)) {
    if (child.key.startsWith('secrets:')) {
      const reference = readReferenceKey(child, report);
      if (reference) managed.push(reference);
      continue;
    }
    const text = nameIsFree(child, path, report) ? readValue(child, report) : undefined;
    if (text !== undefined) values.push([child.key, text]);
  }
  const total = values.reduce((sum, [key, text]) => sum + bytesOf(key) + bytesOf(text), 0);
  if (total > MAX_TOTAL_BYTES) {
    return report.refuse(
      value,
      `have ${total} bytes together; at most ${MAX_TOTAL_BYTES} are taken`,
      'put data into a volume',
    );
  }
  return { values: Object.fromEntries(values), managed };
}

/** `managed_secrets`: a list of `NAME` and `{NAME: {mount_path: /path}}`. */
export function readManagedSecrets(value: Value, report: Report): readonly ManagedSecret[] | undefined {
  const { node, path } = value;
  if (node.kind !== 'list') {
    return report.refuse(value, `must be a list of names, not ${describe(node)}`, 'write `- NAME` lines');
  }
  const taken = new Set<string>();
  return node.items.flatMap((item, index) => {
    const value = valueAt(`${path}.${index}`, item);
    const secret = readManaged(value, report);
    if (secret?.mountPath === undefined) return secret ?? [];
    if (taken.has(secret.mountPath))
      report.refuse(value, 'has the path of another secret', 'give each a path of its own');
    taken.add(secret.mountPath);
    return secret;
  });
}

function readManaged(value: Value, report: Report): ManagedSecret | undefined {
  const { node, path } = value;
  if (node.kind === 'string' && envName(node.value)) return { name: node.value, mountPath: undefined };
  const [entry, ...others] = node.kind === 'map' ? children(node, path) : [];
  if (entry === undefined || others.length > 0 || !envName(entry.key)) {
    return report.refuse(value, 'is not a name', 'write NAME or {NAME: {mount_path: /path}}');
  }
  if (entry.node.kind === 'null') return { name: entry.key, mountPath: undefined };
  const [option, ...more] = entry.node.kind === 'map' ? children(entry.node, entry.path) : [];
  if (option?.key !== 'mount_path' || option.node.kind !== 'string' || more.length > 0) {
    return report.refuse(entry, 'can only have mount_path, a text', 'write {NAME: {mount_path: /path}}');
  }
  const mountPath = readMountPath({ key: option.node.value, keySpot: option }, report);
  return mountPath === undefined ? undefined : { name: entry.key, mountPath };
}

function readReference(value: Value, report: Report): ManagedSecret | undefined {
  const name = value.node.kind === 'string' ? REFERENCE.exec(value.node.value)?.[1] : undefined;
  if (name !== undefined) return { name, mountPath: undefined };
  return report.refuse(value, 'is not the name of a secret', REFERENCE_FIX);
}

function readReferenceKey({ key, keySpot, node }: Child, report: Report): ManagedSecret | undefined {
  const name = REFERENCE.exec(key)?.[1];
  if (name === undefined) {
    return report.refuse({ path: 'secrets', at: keySpot.at }, 'a key is not the name of a secret', REFERENCE_FIX);
  }
  if (node.kind === 'null') return { name, mountPath: undefined };
  return report.refuse(keySpot, 'names a secret of the server and has a value too', 'leave one of the two out');
}

function nameIsFree({ key, keySpot }: Child, path: string, report: Report): boolean {
  if (REGISTRY_LOGIN.has(key)) return true;
  // What is no name may be a value that got into the wrong place.
  if (!envName(key))
    report.refuse({ path, at: keySpot.at }, 'a key is not a name for an environment variable', NAME_FIX);
  else if (key.startsWith('SKYPILOT_')) {
    report.refuse(keySpot, 'names that begin with SKYPILOT_ are set by the system', 'choose another name');
  } else return true;
  return false;
}

function readValue({ key, keySpot, node }: Child, report: Report): string | undefined {
  if (node.kind === 'null') {
    return report.refuse(
      keySpot,
      'has no value, which makes it required',
      `give it with --secret ${key}, or write ${key}: ""`,
    );
  }
  const text = pythonStr(node);
  if (text === undefined) return report.refuse(keySpot, `must be one value, not ${kindOf(node)}`, 'put it in quotes');
  if (text.includes('\0')) return report.refuse(keySpot, 'holds a NUL character', 'remove it');
  const bytes = bytesOf(`${key}=${text}`);
  if (bytes <= LINUX_MAX_BYTES) return text;
  return report.refuse(keySpot, `has ${bytes} bytes; Linux passes at most ${LINUX_MAX_BYTES}`, 'put it into a volume');
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function kindOf(node: TreeNode): string {
  return node.kind === 'list' ? 'a list' : 'a mapping';
}
