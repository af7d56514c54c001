import type { Report } from '../report.js';
import { type Child, children, describe, quote, type Spot, type TreeNode, type Value } from '../tree.js';

/** GPUs of each node: how many, and of which kind when one was named. */
export interface Accelerators {
  count: number;
  type: string | undefined;
}

const MAX_COUNT = 1000;
const MAX_CHOICES = 20;
const TYPE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const FIX = 'write a count such as "1", or a type and a count such as "V100:2"';

/**
 * GPUs from `1`, `"1"`, `"V100"`, `"V100:2"` or `{V100: 2}`: one choice. A list (the first is liked best) or a set of types gives
 * as many as it has.
 */
export function readAccelerators(value: Value, report: Report): readonly Accelerators[] | undefined {
  const { node } = value;
  if (node.kind === 'string' && node.value === '') return undefined;
  const choices = readChoices(value, report).filter((choice) => choice !== undefined);
  return choices.length === 0 ? undefined : choices;
}

function readChoices(value: Value, report: Report): readonly (Accelerators | undefined)[] {
  const { node, path } = value;
  if (node.kind === 'int' || node.kind === 'float') return [counted(undefined, String(node.value), value, report)];
  if (node.kind === 'string') return [fromText(node.value, value, report)];
  if (node.kind !== 'list' && node.kind !== 'map') {
    return [report.refuse(value, `${describe(node)} is not a number of GPUs`, FIX)];
  }
  const choices = node.kind === 'list' ? node.items : children(node, path);
  if (choices.length === 0) return [report.refuse(value, 'names no GPU', FIX)];
  if (choices.length > MAX_CHOICES) {
    return [report.refuse(value, `names ${choices.length} types of GPU`, `name at most ${MAX_CHOICES}`)];
  }
  return node.kind === 'list'
    ? node.items.map((item) => fromItem(item, path, report))
    : children(node, path).map((child) => fromEntry(child, path, report));
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
  if (type !== undefined && count === 0) {
    return report.refuse(spot, `asks for none of ${type}`, 'leave accelerators out when no GPU is needed');
  }
  return { count, type };
}

/** `{V100: 2}` names a count; `{V100:2}` without the space is, to YAML, the key `V100:2` with nothing behind it: SkyPilot's set. */
function fromEntry(entry: Child, path: string, report: Report): Accelerators | undefined {
  const { key, keySpot, node } = entry;
  if (node.kind === 'null') return fromText(key, { path, at: keySpot.at }, report);
  if (node.kind === 'int' || node.kind === 'float') return counted(key, String(node.value), entry, report);
  const quoted = node.kind === 'string' && /^\d+$/.test(node.value);
  return report.refuse(entry, `${describe(node)} is not a number of GPUs`, quoted ? 'leave the quotes out' : FIX);
}

function fromItem(item: TreeNode, path: string, report: Report): Accelerators | undefined {
  const spot = { path, at: item.at };
  if (item.kind === 'string') return fromText(item.value, spot, report);
  return report.refuse(spot, `${describe(item)} is not a type of GPU`, FIX);
}
