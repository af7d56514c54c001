/** Asks the cluster what it would say to a task, creating nothing. */

import type { LaunchRequest, PlannedObject, ValidateResult } from '../../domain/ports.js';
import { toTaskError } from '../api/errors.js';
import { jobObject, podObject } from '../manifests/job.js';
import { secretObjects, withoutValues } from '../manifests/secret.js';
import { serviceObject } from '../manifests/service.js';
import type { LaunchedTask } from '../manifests/task.js';
import { newClaimObjects } from '../manifests/volume.js';
import type { Paths } from '../paths.js';
import { recordObject } from '../record.js';
import type { KubeClient } from '../api/client.js';

/** Of a task with very many nodes the first ones are shown; the others differ in their index only. */
const MAX_SHOWN_NODES = 16;

/** Has the cluster check every sort of object of a task, also the pod, and returns what it warns of and what would be created. */
export async function dryRun(
  client: KubeClient,
  paths: Paths,
  site: string,
  request: LaunchRequest,
  signal: AbortSignal,
): Promise<ValidateResult> {
  const task: LaunchedTask = { ...request, uid: '', attempt: 0 };
  const { numNodes } = task.spec;
  const shown = Array.from({ length: Math.min(numNodes, MAX_SHOWN_NODES) }, (_, index) => index);
  const secrets = secretObjects(task, request.secrets);
  const jobs = shown.map((index) => jobObject(task, index, site) as PlannedObject);
  const claims = newClaimObjects(task) as PlannedObject[];
  const services = numNodes > 1 ? [serviceObject(task) as PlannedObject] : [];
  const record = recordObject(request);
  const { configMaps, claims: claimPath, services: servicePath, pods } = paths;
  const checks: [string, object][] = [
    [configMaps, record],
    ...secrets.map((object): [string, object] => [paths.secrets, object]),
    ...claims.map((object): [string, object] => [claimPath, object]),
    ...services.map((object): [string, object] => [servicePath, object]),
    ...jobs.slice(0, 1).map((object): [string, object] => [paths.jobs, object]),
    [pods, podObject(task, 0, site)],
  ];
  const query = { dryRun: 'All', fieldValidation: 'Strict' };
  const answers = await Promise.all(
    checks.map(([path, body]) =>
      client.request({ method: 'POST', path, query, body, first: true, signal }).catch((error: unknown) => {
        throw toTaskError(error, 'checking the task');
      }),
    ),
  );
  return {
    warnings: [...new Set(answers.flatMap(({ warnings }) => warnings))],
    objects: [record, ...secrets.map(withoutValues), ...claims, ...services, ...jobs],
  };
}
