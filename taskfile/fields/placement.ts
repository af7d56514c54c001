import type { Report } from '../report.js';
import { children, describe, quote, type Value } from '../tree.js';
import { readString } from './field.js';

const KUBERNETES = new Set(['k8s', 'kubernetes']);
const CLOUD_FIX = 'leave it out, or write k8s';

/** `infra`: that the task runs on Kubernetes is true anyway, so nothing comes of it. */
export function readInfra(value: Value, report: Report): void {
  const infra = readString(value, report);
  if (infra === undefined || infra === '' || infra === '*') return;
  const spot = { path: value.path, at: value.node.at };
  const [cloud = '', context] = infra.split('/');
  if (!KUBERNETES.has(cloud.toLowerCase()) && cloud !== '*') {
    report.refuse(spot, `${quote(infra)} is not Kubernetes, and tasks run on Kubernetes only`, CLOUD_FIX);
  } else if (context !== undefined && context !== '*') {
    report.refuse(spot, 'choosing a cluster is not supported yet', 'write k8s: the server has one cluster');
  }
}

/** `cloud`, the older spelling of `infra`. */
export function readCloud(value: Value, report: Report): void {
  const cloud = readString(value, report);
  if (cloud === undefined || cloud === '' || KUBERNETES.has(cloud.toLowerCase())) return;
  report.refuse(
    { path: value.path, at: value.node.at },
    `${quote(cloud)} is not Kubernetes, and tasks run on Kubernetes only`,
    CLOUD_FIX,
  );
}

/** `use_spot`: false is what happens anyway, anything else has no effect. */
export function readUseSpot(value: Value, report: Report): void {
  const { node, path } = value;
  if (node.kind !== 'bool' || node.value)
    report.warn({ path, at: node.at }, 'ignored: there are no spot nodes to ask for');
}

/** `job_recovery`: tasks are not restarted yet, so only the forms that ask for no restart pass. */
export function readJobRecovery(value: Value, report: Report): void {
  const { node, path } = value;
  const spot = { path, at: node.at };
  if (node.kind === 'string') {
    if (node.value.toLowerCase() !== 'none') report.warn(spot, 'ignored: there are no other clusters to fail over to');
  } else if (node.kind === 'map') {
    for (const child of children(node, path)) readRecoveryKey(child, report);
  } else {
    report.refuse(spot, `must be a strategy or a mapping, not ${describe(node)}`, 'leave it out');
  }
}

function readRecoveryKey(child: ReturnType<typeof children>[number], report: Report): void {
  const spot = { path: child.path, at: child.keyAt };
  const asksNothing = child.node.kind === 'null' || (child.node.kind === 'int' && child.node.value === 0n);
  if (child.key === 'strategy') {
    if (child.node.kind !== 'null') report.warn(spot, 'ignored: there are no other clusters to fail over to');
  } else if (child.key === 'max_restarts_on_errors') {
    if (!asksNothing) report.refuse(spot, 'restarting a failed task is not supported yet', 'leave it out, or write 0');
  } else if (child.key === 'recover_on_exit_codes') {
    if (child.node.kind !== 'null')
      report.refuse(spot, 'restarting a failed task is not supported yet', 'leave it out');
  } else {
    report.refuse(spot, 'unknown field', 'the fields here are strategy, max_restarts_on_errors, recover_on_exit_codes');
  }
}
