import type { Report } from '../report.js';
import { describe, type TreeNode, type Value } from '../tree.js';

/** Most nodes that a task runs on. */
export const MAX_NODES = 1000;

/** How many nodes the task runs on: 1 to 1000. */
export function readNumNodes(value: Value, report: Report): number | undefined {
  const { node } = value;
  if (node.kind === 'int' && node.value >= 1n && node.value <= BigInt(MAX_NODES)) return Number(node.value);
  const message = `must be an integer from 1 to ${MAX_NODES}, not ${describe(node)}`;
  return report.refuse(value, message, fixFor(node));
}

function fixFor(node: TreeNode): string {
  // To YAML 1.1 a number that begins with 0 is octal, and 08 is none.
  if (node.kind === 'string' && /^0\d+$/.test(node.value)) return 'leave the 0 before it out';
  if (node.kind === 'string' && /^\d+$/.test(node.value)) return 'leave the quotes out';
  if (node.kind === 'float' && Number.isInteger(node.value)) return 'leave the decimal point out';
  return 'write 1 for a single node';
}
