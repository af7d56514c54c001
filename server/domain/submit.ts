/** Submitting a task: once for each request id, completely or not at all. */

import type { TaskSecrets, TaskSpec } from '../../taskfile/task-spec.js';
import type { Domain } from './context.js';
import { type FieldViolation, TaskError } from './errors.js';
import { resolveTask } from './placement/resolve.js';
import type { LaunchRequest, LaunchResult, Mount, PlannedObject } from './ports.js';
import { checkRequestId, fingerprintOf, taskIdOf } from './request-id.js';

type Uses = Pick<Domain, 'launcher' | 'volumes' | 'clock' | 'ids' | 'site'>;

/** What a user wants to run. */
export interface SubmitRequest {
  readonly spec: TaskSpec;
  readonly secrets: TaskSecrets;
  /** Warnings of the parser. */
  readonly warnings: readonly string[];
  /** Empty when the caller does not repeat. */
  readonly requestId: string;
  readonly validateOnly: boolean;
  /** Refuse the task rather than warn of anything in it. */
  readonly strict: boolean;
  /** Adds to what is found where it stands in the task file. */
  readonly located: (found: FieldViolation) => FieldViolation;
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
  /** What would be created; for `validateOnly` only. */
  readonly objects: readonly PlannedObject[];
}

/** Submits a task, or only checks it. Returns when the cluster has accepted all of it. */
export async function submitTask(
  domain: Uses,
  user: string,
  request: SubmitRequest,
  signal: AbortSignal,
): Promise<Submitted> {
  checkRequestId(request.requestId);
  const [volumes, resolved] = await Promise.all([
    resolveVolumes(domain, user, request.spec, signal),
    resolveTask(request.spec, domain.site, signal),
  ]);
  refuseAll([...volumes.violations, ...resolved.violations].map(request.located), volumes.unknown);
  const found = [...volumes.warnings, ...resolved.warnings].map(request.located);
  if (request.strict) refuseAll(found, false);
  // Of what was asked for, not of what the cluster happened to offer: a repetition may meet another offer.
  const fingerprint = fingerprintOf(request.spec);
  const { spec, placement } = resolved;
  const launchOf = (id: string): LaunchRequest => ({
    id,
    user,
    name: spec.name ?? `task-${id}`,
    spec,
    secrets: request.secrets,
    mounts: volumes.mounts,
    placement,
    fingerprint,
    requestId: request.requestId,
    createdAtMs: domain.clock.now(),
  });
  const before = [...request.warnings, ...found.map(({ description }) => description)];
  if (request.validateOnly) {
    const launch = launchOf(domain.ids.random());
    const { warnings, objects } = await domain.launcher.validate(launch, signal);
    const { name = '', numNodes } = spec;
    return { taskId: '', name, numNodes, created: false, warnings: [...before, ...warnings], objects };
  }
  const launched = await launchOnce(domain, request.requestId, user, launchOf, signal);
  return {
    taskId: launched.record.id,
    name: launched.record.name,
    numNodes: launched.record.numNodes,
    created: launched.created,
    warnings: [...before, ...launched.warnings],
    objects: [],
  };
}

function refuseAll(violations: readonly FieldViolation[], notFound: boolean): void {
  if (violations.length === 0) return;
  const text = violations.map(({ description }) => description).join('; ');
  throw new TaskError(notFound ? 'VOLUME_NOT_FOUND' : 'INVALID_TASK', text, { violations });
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
): Promise<{ mounts: Mount[]; warnings: FieldViolation[]; violations: FieldViolation[]; unknown: boolean }> {
  const named = spec.volumes.flatMap((mount) => ('volume' in mount ? [mount] : []));
  const resolved = await Promise.all(
    named.map(async (mount) => ({ ...mount, claim: await domain.volumes.resolve(mount.volume, user, signal) })),
  );
  const mounts: Mount[] = [];
  const warnings: FieldViolation[] = [];
  const violations: FieldViolation[] = [];
  let unknown = false;
  for (const { mountPath, volume, subPath, claim } of resolved) {
    if (!claim) {
      const description = `volume "${volume}" not found; create it with \`k8s-cli volumes create ${volume} SIZE\`, or see \`k8s-cli volumes list\``;
      violations.push({ field: `volumes.${mountPath}`, description });
      unknown = true;
      continue;
    }
    if (claim.deleting) {
      const description = `volume "${volume}" is being deleted, and goes with the tasks that mounted it, also with ended ones; use another, or delete those tasks (\`k8s-cli volumes list\` names them) and create it again`;
      violations.push({ field: `volumes.${mountPath}`, description });
      continue;
    }
    mounts.push({ mountPath, claimName: claim.claimName, ...(subPath === undefined ? {} : { subPath }) });
    checkSharing(volume, mountPath, claim.accessModes);
  }
  for (const mount of spec.volumes) {
    if ('created' in mount) checkSharing('that is made', mount.mountPath, [mount.created.accessMode]);
  }
  return { mounts, warnings, violations, unknown };

  function checkSharing(volume: string, mountPath: string, modes: readonly string[]): void {
    if (spec.numNodes === 1) return;
    if (modes.includes('ReadWriteOncePod')) {
      const description = `volume "${volume}" is ReadWriteOncePod and cannot be mounted by ${spec.numNodes} nodes; use ReadWriteMany`;
      violations.push({ field: `volumes.${mountPath}`, description });
    } else if (modes.every((mode) => mode === 'ReadWriteOnce')) {
      const description = `volume "${volume}" is ReadWriteOnce: the ${spec.numNodes} nodes of the task can only share it while Kubernetes runs all of them on one machine; ReadWriteMany has no such limit`;
      warnings.push({ field: `volumes.${mountPath}`, description });
    }
  }
}
