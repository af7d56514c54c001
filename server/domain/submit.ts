/** Submitting a task: once for each request id, completely or not at all. */

import type { TaskSpec } from '../../taskfile/task-spec.js';
import type { Domain } from './context.js';
import { type FieldViolation, TaskError } from './errors.js';
import type { LaunchRequest, LaunchResult, Mount } from './ports.js';
import { checkRequestId, fingerprintOf, taskIdOf } from './request-id.js';

type Uses = Pick<Domain, 'launcher' | 'volumes' | 'clock' | 'ids'>;

/** What a user wants to run. */
export interface SubmitRequest {
  readonly spec: TaskSpec;
  /** Warnings of the parser. */
  readonly warnings: readonly string[];
  /** Empty when the caller does not repeat. */
  readonly requestId: string;
  readonly validateOnly: boolean;
}

/** What was submitted. */
export interface Submitted {
  /** Empty for `validateOnly`. */
  readonly taskId: string;
  readonly name: string;
  readonly numNodes: number;
  /** False when the same request was submitted before. */
  readonly created: boolean;
  readonly warnings: readonly string[];
}

/** Submits a task, or only checks it. Returns when the cluster has accepted all of it. */
export async function submitTask(
  domain: Uses,
  user: string,
  request: SubmitRequest,
  signal: AbortSignal,
): Promise<Submitted> {
  checkRequestId(request.requestId);
  const { mounts, warnings } = await resolveVolumes(domain, user, request.spec, signal);
  const fingerprint = fingerprintOf(request.spec);
  const launchOf = (id: string): LaunchRequest => ({
    id,
    user,
    name: request.spec.name ?? `task-${id}`,
    spec: request.spec,
    mounts,
    fingerprint,
    requestId: request.requestId,
    createdAtMs: domain.clock.now(),
  });
  const before = [...request.warnings, ...warnings];
  if (request.validateOnly) {
    const launch = launchOf(domain.ids.random());
    const said = await domain.launcher.validate(launch, signal);
    const name = request.spec.name ?? '';
    return { taskId: '', name, numNodes: request.spec.numNodes, created: false, warnings: [...before, ...said] };
  }
  const launched = await launchOnce(domain, request.requestId, user, launchOf, signal);
  return {
    taskId: launched.record.id,
    name: launched.record.name,
    numNodes: launched.record.numNodes,
    created: launched.created,
    warnings: [...before, ...launched.warnings],
  };
}

async function launchOnce(
  domain: Uses,
  requestId: string,
  user: string,
  launchOf: (id: string) => LaunchRequest,
  signal: AbortSignal,
): Promise<LaunchResult> {
  if (requestId !== '') return domain.launcher.launch(launchOf(taskIdOf(user, requestId)), signal);
  for (;;) {
    const result = await domain.launcher.launch(launchOf(domain.ids.random()), signal);
    // A random id that is taken belongs to another task: draw again.
    if (result.created) return result;
  }
}

async function resolveVolumes(
  domain: Uses,
  user: string,
  spec: TaskSpec,
  signal: AbortSignal,
): Promise<{ mounts: Mount[]; warnings: string[] }> {
  const resolved = await Promise.all(
    spec.volumes.map(async ({ mountPath, volume }) => ({
      mountPath,
      volume,
      claim: await domain.volumes.resolve(volume, user, signal),
    })),
  );
  const mounts: Mount[] = [];
  const warnings: string[] = [];
  const violations: FieldViolation[] = [];
  let unknown = false;
  for (const { mountPath, volume, claim } of resolved) {
    if (!claim) {
      const description = `volume "${volume}" not found; create it with \`k8s-cli volumes create ${volume} SIZE\`, or see \`k8s-cli volumes list\``;
      violations.push({ field: `volumes.${mountPath}`, description });
      unknown = true;
      continue;
    }
    if (claim.deleting) {
      const description = `volume "${volume}" is being deleted; use another, or wait until it is gone and create it again`;
      violations.push({ field: `volumes.${mountPath}`, description });
      continue;
    }
    mounts.push({ mountPath, claimName: claim.claimName });
    const modes = claim.accessModes;
    if (spec.numNodes > 1 && modes.includes('ReadWriteOncePod')) {
      const description = `volume "${volume}" is ReadWriteOncePod and cannot be mounted by ${spec.numNodes} nodes; use ReadWriteMany`;
      violations.push({ field: `volumes.${mountPath}`, description });
    } else if (spec.numNodes > 1 && modes.every((mode) => mode === 'ReadWriteOnce')) {
      warnings.push(
        `volume "${volume}" is ReadWriteOnce: the ${spec.numNodes} nodes of the task can only share it while Kubernetes runs all of them on one machine; ReadWriteMany has no such limit`,
      );
    }
  }
  if (violations.length > 0) {
    const text = violations.map(({ description }) => description).join('; ');
    throw new TaskError(unknown ? 'VOLUME_NOT_FOUND' : 'INVALID_TASK', text, { violations });
  }
  return { mounts, warnings };
}
