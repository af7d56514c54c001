import { pythonStr } from '../python-str.js';
import type { Report } from '../report.js';
import { type Child, children, describe, quote, type Value } from '../tree.js';
import { refuseNul } from './field.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const INJECTED = new Set(['NODE_RANK', 'NUM_NODES']);
const REGISTRY_LOGIN = new Set(['SKYPILOT_DOCKER_USERNAME', 'SKYPILOT_DOCKER_PASSWORD', 'SKYPILOT_DOCKER_SERVER']);
// Linux takes no longer NAME=value, its ending NUL included.
const MAX_BYTES = 128 * 1024 - 1;

/** Environment variables of setup and run; values become text as Python's str() does it. */
export function readEnvs(value: Value, report: Report): Readonly<Record<string, string>> | undefined {
  const { node, path } = value;
  if (node.kind !== 'map') {
    const message = `must be a mapping of names to values, not ${describe(node)}`;
    return report.refuse(value, message, 'write `NAME: value` lines');
  }
  const envs: [string, string][] = [];
  for (const child of children(node, path)) {
    const text = nameIsFree(child, report) ? readText(child, report) : undefined;
    if (text !== undefined) envs.push([child.key, text]);
  }
  return Object.fromEntries(envs);
}

function nameIsFree({ key, keySpot, written }: Child, report: Report): boolean {
  if (!NAME.test(key)) {
    const fix = 'use letters, digits and "_", beginning with no digit';
    report.refuse(keySpot, 'is not a name for an environment variable', fix);
  } else if (REGISTRY_LOGIN.has(key)) {
    const message = 'logging in to a private registry is not supported yet';
    report.refuse(keySpot, message, 'use an image that needs no login');
  } else if (key.startsWith('SKYPILOT_')) {
    report.refuse(keySpot, 'names that begin with SKYPILOT_ are set by the system', 'choose another name');
  } else {
    if (INJECTED.has(key)) report.warn(keySpot, 'is overwritten: every node gets its own value');
    if (written !== key) {
      report.warn(keySpot, `YAML reads the name ${quote(written)} as ${key}; put it in quotes if that is not meant`);
    }
    return true;
  }
  return false;
}

function readText(child: Child, report: Report): string | undefined {
  const { key, keySpot, node } = child;
  if (node.kind === 'null') {
    return report.refuse(keySpot, 'has no value, which makes it required', `write ${key}: "" for an empty value`);
  }
  const text = pythonStr(node);
  if (text === undefined) {
    return report.refuse(child, `must be one value, not ${describe(node)}`, 'put it in quotes to pass it as text');
  }
  const bytes = new TextEncoder().encode(`${key}=${text}`).length;
  if (bytes > MAX_BYTES) {
    const message = `has ${bytes} bytes; Linux passes at most ${MAX_BYTES}`;
    return report.refuse(child, message, 'put the data into a volume');
  }
  return refuseNul(text, child, report);
}
