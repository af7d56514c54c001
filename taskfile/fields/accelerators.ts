import type { Report } from '../report.js';
import { type Child, children, describe, quote, type Spot, type TreeNode, type Value } from '../tree.js';

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
  const { node } = value;
  if (node.kind === 'int' || node.kind === 'float') return counted(undefined, String(node.value), value, report);
  if (node.kind === 'string') return node.value === '' ? undefined : fromText(node.value, value, report);
  if (node.kind === 'list') return fromList(node.items, value, report);
  if (node.kind === 'map') return fromMapping(children(node, value.path), value, report);
  return report.refuse(value, `${describe(node)} is not a number of GPUs`, FIX);
}

function fromText(text: string, spot: Spot, report: Report): Accelerators | undefined {
  if (/^[-+.\d]+$/.test(text)) return counted(undefined, text, spot, report);
  const [type = '', count, ...rest] = text.split(':');
  if (rest.length > 0) return report.refuse(spot, `${quote(text)} has more than one ":"`, FIX);
  return counted(type.trim(), count?.trim() ?? '1', spot, report);
}

function counted(type: string | undefined, text: string, spot: Spot, report: Report): Accelerators | undefined {
  if (type !== undefined && !TYPE.test(type)) return report.refuse(spot, `${quote(type)} is not a type of GPU`, FIX);
  if (type !== undefined && /^tpu/i.test(type)) {
    return report.refuse(spot, 'TPUs are not supported', 'ask for GPUs, or for none');
  }
  if (!/^\d{1,9}(?:\.\d{0,9})?$/.test(text)) return report.refuse(spot, `${quote(text)} is not a number of GPUs`, FIX);
  const count = Number(text);
  if (!Number.isInteger(count)) {
    const message = `${text} is a part of a GPU, and Kubernetes gives whole ones only`;
    return report.refuse(spot, message, `write ${Math.ceil(count)}`);
  }
  if (count > MAX_COUNT) return report.refuse(spot, `${text} GPUs are more than any node has`, FIX);
  if (type === undefined) return { count, type };
  if (count === 0) {
    return report.refuse(spot, `asks for none of ${type}`, 'leave accelerators out when no GPU is needed');
  }
  report.warn(
    spot,
    `the GPU type ${type} is not enforced yet: the task gets ${count} of whatever GPUs the cluster has`,
  );
  return { count, type };
}

/** `{V100: 2}` names a count; `{V100:2}` without the space is, to YAML, the key `V100:2` with nothing behind it: SkyPilot's set. */
function fromMapping(choices: readonly Child[], spot: Spot, report: Report): Accelerators | undefined {
  const only = onlyOne(choices, spot, report);
  if (only === undefined) return undefined;
  const { key, keySpot, node } = only;
  if (node.kind === 'null') return fromText(key, { path: spot.path, at: keySpot.at }, report);
  if (node.kind === 'int' || node.kind === 'float') return counted(key, String(node.value), only, report);
  return report.refuse(only, `${describe(node)} is not a number of GPUs`, FIX);
}

function fromList(choices: readonly TreeNode[], spot: Spot, report: Report): Accelerators | undefined {
  const only = onlyOne(choices, spot, report);
  if (only === undefined) return undefined;
  const itemSpot = { path: spot.path, at: only.at };
  if (only.kind === 'string') return fromText(only.value, itemSpot, report);
  return report.refuse(itemSpot, `${describe(only)} is not a type of GPU`, FIX);
}

function onlyOne<T>(choices: readonly T[], spot: Spot, report: Report): T | undefined {
  if (choices.length === 1) return choices[0];
  if (choices.length === 0) return report.refuse(spot, 'names no GPU', FIX);
  return report.refuse(spot, 'a choice between several GPU types is not supported yet', 'name one type');
}
