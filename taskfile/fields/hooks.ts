import type { Report } from '../report.js';
import { children, describe, type TreeNode, type Value } from '../tree.js';

/**
 * `hooks`: programs for what happens to a task. Nothing here is ever preempted with a notice, so hooks for that alone are left out
 * with a warning; others would be missed, and are refused.
 */
export function readHooks(value: Value, report: Report): void {
  const { node } = value;
  if (node.kind !== 'list') {
    report.refuse(value, `must be a list of hooks, not ${describe(node)}`, 'leave it out, and trap SIGTERM in run');
  } else if (node.items.every(isForPreemption)) {
    report.warn(value, 'ignored: no notice of a preemption is given; a task that is stopped gets SIGTERM');
  } else {
    report.refuse(value, 'hooks are not supported yet', 'trap SIGTERM in run');
  }
}

function isForPreemption(hook: TreeNode): boolean {
  const events = hook.kind === 'map' ? children(hook, '').find(({ key }) => key === 'events')?.node : undefined;
  return (
    events?.kind === 'list' &&
    events.items.length > 0 &&
    events.items.every((event) => event.kind === 'string' && event.value === 'preemption')
  );
}
