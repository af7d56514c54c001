import type { Report } from '../report.js';
import { describe, type TreeNode, type Value } from '../tree.js';

const MAX_NODES = 1000;

/** How many nodes the task runs on: 1 to 1000. */
export function readNumNodes(value: Value, report: Report): number | undefined {
  const { node, path } = value;
  if (node.kind === 'int' && node.value >= 1n && node.value <= BigInt(MAX_NODES)) return Number(node.value);
  report.refuse(
    { path, at: node.at },
    `must be an integer from 1 to ${MAX_NODES}, not ${describe(node)}`,
    fixFor(node),
  );
  return undefined;
}

function fixFor(node: TreeNode): string {
  if (node.kind === 'string' && /^\d+$/.test(node.value)) return 'leave the quotes out';
  if (node.kind === 'float' && Number.isInteger(node.value)) return 'leave the decimal point out';
  return 'write num_nodes: 1 for a single node';
}
