import type { Report } from '../report.js';
import { type Child, children, describe, quote, type Value } from '../tree.js';
import { readString } from './field.js';

const KUBERNETES = new Set(['k8s', 'kubernetes']);
const NO_RESTART = 'restarting a failed task is not supported yet';
const NO_STRATEGY = 'ignored: there are no other clusters to fail over to';

/** `infra`: that the task runs on Kubernetes is true anyway, so nothing comes of it. */
export function readInfra(value: Value, report: Report): void {
  const infra = readString(value, report);
  if (infra === undefined || infra === '' || infra === '*') return;
  const [cloud = '', context] = infra.split('/');
  if (!KUBERNETES.has(cloud.toLowerCase()) && cloud !== '*') {
    refuseCloud(infra, value, report);
  } else if (context !== undefined && context !== '*') {
    report.refuse(value, 'choosing a cluster is not supported yet', 'write k8s: the server has one cluster');
  }
}

/** `cloud`, the older spelling of `infra`. */
export function readCloud(value: Value, report: Report): void {
  const cloud = readString(value, report);
  if (cloud === undefined || cloud === '' || KUBERNETES.has(cloud.toLowerCase())) return;
  refuseCloud(cloud, value, report);
}

function refuseCloud(cloud: string, value: Value, report: Report): void {
  const message = `${quote(cloud)} is not Kubernetes, and tasks run on Kubernetes only`;
  report.refuse(value, message, 'leave it out, or write k8s');
}

/** `use_spot`: false is what happens anyway, anything else has no effect. */
export function readUseSpot(value: Value, report: Report): void {
  if (value.node.kind === 'bool' && !value.node.value) return;
  report.warn(value, 'ignored: there are no spot nodes to ask for');
}

/** `job_recovery`: tasks are not restarted yet, so only the forms that ask for no restart pass. */
export function readJobRecovery(value: Value, report: Report): void {
  const { node, path } = value;
  if (node.kind === 'string') {
    if (node.value.toLowerCase() !== 'none') report.warn(value, NO_STRATEGY);
  } else if (node.kind === 'map') {
    for (const child of children(node, path)) readRecoveryKey(child, report);
  } else {
    report.refuse(value, `must be a strategy or a mapping, not ${describe(node)}`, 'leave it out');
  }
}

function readRecoveryKey({ key, keySpot, node }: Child, report: Report): void {
  const isNull = node.kind === 'null';
  const isZero = node.kind === 'int' && node.value === 0n;
  if (key === 'strategy') {
    if (!isNull) report.warn(keySpot, NO_STRATEGY);
  } else if (key === 'max_restarts_on_errors') {
    if (!isNull && !isZero) report.refuse(keySpot, NO_RESTART, 'leave it out, or write 0');
  } else if (key === 'recover_on_exit_codes') {
    if (!isNull) report.refuse(keySpot, NO_RESTART, 'leave it out');
  } else {
    const fix = 'the fields here are strategy, max_restarts_on_errors, recover_on_exit_codes';
    report.refuse(keySpot, 'unknown field', fix);
  }
}
