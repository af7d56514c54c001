import { pythonStr } from '../python-str.js';
import type { Report } from '../report.js';
import { type Child, children, describe, quote, type Value } from '../tree.js';
import { refuseNul } from './field.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const INJECTED = new Set(['NODE_RANK', 'NUM_NODES']);
const SECRET_NAME = /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|CREDENTIALS?)$/i;

/** The three variables that are not for the task but for pulling its image. */
export const REGISTRY_LOGIN: ReadonlySet<string> = new Set([
  'SKYPILOT_DOCKER_USERNAME',
  'SKYPILOT_DOCKER_PASSWORD',
  'SKYPILOT_DOCKER_SERVER',
]);
/** Linux takes no longer NAME=value, its ending NUL included. */
export const LINUX_MAX_BYTES = 128 * 1024 - 1;
/** What to do about a bad name. */
export const NAME_FIX = 'use letters, digits and "_", beginning with no digit';

/** Whether this can be the name of an environment variable. */
export function envName(text: string): boolean {
  return NAME.test(text);
}

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

function nameIsFree({ key, keySpot, written, node }: Child, report: Report): boolean {
  if (REGISTRY_LOGIN.has(key)) return true;
  if (!envName(key)) {
    report.refuse(keySpot, 'is not a name for an environment variable', NAME_FIX);
  } else if (key.startsWith('SKYPILOT_')) {
    report.refuse(keySpot, 'names that begin with SKYPILOT_ are set by the system', 'choose another name');
  } else {
    if (INJECTED.has(key)) report.warn(keySpot, 'is overwritten: every node gets its own value');
    if (written !== key) {
      report.warn(keySpot, `YAML reads the name ${quote(written)} as ${key}; put it in quotes if that is not meant`);
    }
    if (SECRET_NAME.test(key) && node.kind !== 'null' && !(node.kind === 'string' && node.value === '')) {
      report.warn(
        keySpot,
        'looks like a secret, and envs can be read by everybody who may see the task; move it to secrets',
      );
    }
    return true;
  }
  return false;
}

function readText(child: Child, report: Report): string | undefined {
  const { key, keySpot, node } = child;
  if (node.kind === 'null') {
    const fix = `set it with --env ${key}, or write ${key}: "" for an empty value`;
    return report.refuse(keySpot, 'has no value, which makes it required', fix);
  }
  const text = pythonStr(node);
  if (text === undefined) {
    return report.refuse(child, `must be one value, not ${describe(node)}`, 'put it in quotes to pass it as text');
  }
  const bytes = new TextEncoder().encode(`${key}=${text}`).length;
  if (bytes > LINUX_MAX_BYTES) {
    const message = `has ${bytes} bytes; Linux passes at most ${LINUX_MAX_BYTES}`;
    return report.refuse(child, message, 'put the data into a volume');
  }
  return refuseNul(text, child, report);
}
