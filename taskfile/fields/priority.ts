import type { Report } from '../report.js';
import { describe, quote, type Value } from '../tree.js';
import { readString } from './field.js';

const LIMIT = 1000n;
const CLASS = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;

/** SkyPilot's priority: -1000 to 1000. */
export function readPriority(value: Value, report: Report): number | undefined {
  const { node } = value;
  if (node.kind === 'int' && node.value >= -LIMIT && node.value <= LIMIT) return Number(node.value);
  const message = `must be an integer from -${LIMIT} to ${LIMIT}, not ${describe(node)}`;
  return report.refuse(value, message, 'write 0 for the usual priority');
}

/** The name of a PriorityClass of the cluster. */
export function readPriorityClass(value: Value, report: Report): string | undefined {
  const name = readString(value, report);
  if (name === undefined || name === '') return undefined;
  if (CLASS.test(name)) return name;
  const fix = 'write a name that `kubectl get priorityclasses` shows';
  return report.refuse(value, `${quote(name)} is not the name of a PriorityClass`, fix);
}
