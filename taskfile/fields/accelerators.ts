import type { Report, Spot } from '../report.js';
import { children, describe, quote, type TreeNode, type Value } from '../tree.js';

/** GPUs of each node: how many, and of which kind when one was named. */
export interface Accelerators {
  count: number;
  type: string | undefined;
}

const MAX_COUNT = 1000;
const TYPE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const FIX = 'write a count such as "1", or a type and a count such as "V100:2"';

/** GPUs from `1`, `"1"`, `"V100"`, `"V100:2"`, `{V100: 2}`, or a list or set with one of these. */
export function readAccelerators(value: Value, report: Report): Accelerators | undefined {
  const { node, path } = value;
  const spot = { path, at: node.at };
  if (node.kind === 'int' || node.kind === 'float') return counted(undefined, String(node.value), spot, report);
  if (node.kind === 'string') return node.value === '' ? undefined : fromText(node.value, spot, report);
  if (node.kind === 'list') return readChoice(node.items, spot, report);
  if (node.kind === 'map') return readMapping(children(node, path), spot, report);
  report.refuse(spot, `${describe(node)} is not a number of GPUs`, FIX);
  return undefined;
}

function fromText(text: string, spot: Spot, report: Report): Accelerators | undefined {
  if (/^[-+.\d]+$/.test(text)) return counted(undefined, text, spot, report);
  const [type = '', count, ...rest] = text.split(':');
  if (rest.length > 0) {
    report.refuse(spot, `${quote(text)} has more than one ":"`, FIX);
    return undefined;
  }
  return counted(type.trim(), count?.trim() ?? '1', spot, report);
}

function counted(type: string | undefined, countText: string, spot: Spot, report: Report): Accelerators | undefined {
  if (type !== undefined && !TYPE.test(type)) {
    report.refuse(spot, `${quote(type)} is not a type of GPU`, FIX);
    return undefined;
  }
  if (type !== undefined && /^tpu/i.test(type)) {
    report.refuse(spot, 'TPUs are not supported', 'ask for GPUs, or for none');
    return undefined;
  }
  if (!/^\d{1,9}(?:\.\d{0,9})?$/.test(countText)) {
    report.refuse(spot, `${quote(countText)} is not a number of GPUs`, FIX);
    return undefined;
  }
  const count = Number(countText);
  if (!Number.isInteger(count)) {
    report.refuse(
      spot,
      `${countText} is a part of a GPU, and Kubernetes gives whole ones only`,
      `write ${Math.ceil(count)}`,
    );
    return undefined;
  }
  if (count > MAX_COUNT) {
    report.refuse(spot, `${countText} GPUs are more than any node has`, FIX);
    return undefined;
  }
  if (count === 0) {
    if (type === undefined) return { count, type };
    report.refuse(spot, `asks for none of ${type}`, 'leave accelerators out when no GPU is needed');
    return undefined;
  }
  if (type !== undefined) {
    report.warn(
      spot,
      `the GPU type ${type} is not enforced yet: the task gets ${count} of whatever GPUs the cluster has`,
    );
  }
  return { count, type };
}

/** `{V100: 2}` names a count; `{V100:2}` without the space is, to YAML, the key `V100:2` with nothing behind it: SkyPilot's set. */
function readMapping(choices: ReturnType<typeof children>, spot: Spot, report: Report): Accelerators | undefined {
  const only = oneOf(choices, spot, report);
  if (only === undefined) return undefined;
  const { key, keyAt, node, path } = only;
  if (node.kind === 'null') return fromText(key, { path: spot.path, at: keyAt }, report);
  const at = { path, at: node.at };
  if (node.kind === 'int' || node.kind === 'float') return counted(key, String(node.value), at, report);
  report.refuse(at, `${describe(node)} is not a number of GPUs`, FIX);
  return undefined;
}

function readChoice(choices: readonly TreeNode[], spot: Spot, report: Report): Accelerators | undefined {
  const only = oneOf(choices, spot, report);
  if (only === undefined) return undefined;
  if (only.kind === 'string') return fromText(only.value, { path: spot.path, at: only.at }, report);
  report.refuse({ path: spot.path, at: only.at }, `${describe(only)} is not a type of GPU`, FIX);
  return undefined;
}

function oneOf<T>(choices: readonly T[], spot: Spot, report: Report): T | undefined {
  if (choices.length > 1)
    report.refuse(spot, 'a choice between several GPU types is not supported yet', 'name one type');
  if (choices.length === 0) report.refuse(spot, 'names no GPU', FIX);
  return choices.length === 1 ? choices[0] : undefined;
}
