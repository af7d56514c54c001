import type { Report } from '../report.js';
import { type Child, children, describe, quote, type Value } from '../tree.js';
import { readString } from './field.js';

const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const OWN = new Set([
  'skypilot-task',
  'task-id',
  'task-name',
  'username',
  'node-idx',
  'created-at',
  'num-nodes',
  'job-name',
  'controller-uid',
  'skypilot-volume',
  'volume-id',
  'volume-name',
]);
const OWN_PREFIXES = new Set(['k8s-cli', 'batch.kubernetes.io']);
const MAX_ANNOTATIONS = 128 * 1024;

/** Kubernetes labels; those by which tasks are found cannot be set. */
export function readLabels(value: Value, report: Report): Readonly<Record<string, string>> | undefined {
  return readPairs(value, report, (child, text) => {
    if (text === '' || NAME.test(text)) return text;
    const fix = 'use at most 63 letters, digits, "-", "_" and "."';
    return report.refuse(child, `${quote(text)} is not the value of a Kubernetes label`, fix);
  });
}

/** Kubernetes annotations. */
export function readAnnotations(value: Value, report: Report): Readonly<Record<string, string>> | undefined {
  const annotations = readPairs(value, report, (_, text) => text);
  if (annotations !== undefined && JSON.stringify(annotations).length > MAX_ANNOTATIONS) {
    return report.refuse(value, `are larger than ${MAX_ANNOTATIONS} bytes`, 'put data into a volume');
  }
  return annotations;
}

function readPairs(
  value: Value,
  report: Report,
  check: (child: Child, text: string) => string | undefined,
): Readonly<Record<string, string>> | undefined {
  const { node, path } = value;
  if (node.kind !== 'map') {
    return report.refuse(
      value,
      `must be a mapping of names to texts, not ${describe(node)}`,
      'write `name: text` lines',
    );
  }
  const pairs: [string, string][] = [];
  for (const child of children(node, path)) {
    const text = keyIsFree(child, report) ? readString(child, report) : undefined;
    const checked = text === undefined ? undefined : check(child, text);
    if (checked !== undefined) pairs.push([child.key, checked]);
  }
  return Object.fromEntries(pairs);
}

function keyIsFree({ key, keySpot }: Child, report: Report): boolean {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  if (!NAME.test(key.slice(slash + 1)) || (prefix !== undefined && !DOMAIN.test(prefix))) {
    report.refuse(keySpot, 'is not a name that Kubernetes takes', 'write name or example.com/name');
  } else if (OWN.has(key) || (prefix !== undefined && OWN_PREFIXES.has(prefix))) {
    report.refuse(keySpot, 'is set by the system, which finds tasks by it', 'choose another name');
  } else {
    return true;
  }
  return false;
}

/** What labels and annotations look like. */
export const PAIRS_SCHEMA = { type: 'object', additionalProperties: { type: 'string' } } as const;
