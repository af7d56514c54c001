import { pythonStr } from '../python-str.js';
import type { Report } from '../report.js';
import { type At, children, describe, quote, type Value } from '../tree.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const INJECTED = new Set(['NODE_RANK', 'NUM_NODES']);
const REGISTRY_LOGIN = new Set(['SKYPILOT_DOCKER_USERNAME', 'SKYPILOT_DOCKER_PASSWORD', 'SKYPILOT_DOCKER_SERVER']);
// Linux takes no longer NAME=value, its ending NUL included.
const MAX_BYTES = 128 * 1024 - 1;

/** Environment variables of setup and run; values become text as Python's str() does it. */
export function readEnvs(value: Value, report: Report): Readonly<Record<string, string>> | undefined {
  if (value.node.kind !== 'map') {
    report.refuse(
      { path: value.path, at: value.node.at },
      `must be a mapping of names to values, not ${describe(value.node)}`,
      'write `NAME: value` lines',
    );
    return undefined;
  }
  const envs: [string, string][] = [];
  for (const [index, child] of children(value.node, value.path).entries()) {
    const spot = { path: child.path, at: child.keyAt };
    const written = value.node.entries[index]?.written ?? child.key;
    if (written !== child.key)
      report.warn(spot, `YAML reads the name ${quote(written)} as ${child.key}; put it in quotes if that is not meant`);
    const text = readEnv(child, spot.at, report);
    if (text !== undefined) envs.push([child.key, text]);
  }
  return Object.fromEntries(envs);
}

function readEnv(child: Value & { key: string }, keyAt: At, report: Report): string | undefined {
  const { key, node, path } = child;
  const nameSpot = { path, at: keyAt };
  if (!NAME.test(key)) {
    report.refuse(
      nameSpot,
      'is not a name for an environment variable',
      'use letters, digits and "_", beginning with no digit',
    );
    return undefined;
  }
  if (REGISTRY_LOGIN.has(key)) {
    report.refuse(
      nameSpot,
      'logging in to a private registry is not supported yet',
      'use an image that needs no login',
    );
    return undefined;
  }
  if (key.startsWith('SKYPILOT_')) {
    report.refuse(nameSpot, 'names that begin with SKYPILOT_ are set by the system', 'choose another name');
    return undefined;
  }
  if (node.kind === 'null') {
    report.refuse(nameSpot, 'has no value, which makes it required', `write ${key}: "" for an empty value`);
    return undefined;
  }
  const text = pythonStr(node);
  if (text === undefined) {
    report.refuse(
      { path, at: node.at },
      `must be one value, not ${describe(node)}`,
      'put it in quotes to pass it as text',
    );
    return undefined;
  }
  if (text.includes('\0')) {
    report.refuse({ path, at: node.at }, 'holds a NUL character', 'remove it');
    return undefined;
  }
  const bytes = new TextEncoder().encode(`${key}=${text}`).length;
  if (bytes > MAX_BYTES) {
    report.refuse(
      { path, at: node.at },
      `has ${bytes} bytes; Linux passes at most ${MAX_BYTES}`,
      'put the data into a volume',
    );
    return undefined;
  }
  if (INJECTED.has(key)) report.warn(nameSpot, 'is overwritten: every node gets its own value');
  return text;
}
