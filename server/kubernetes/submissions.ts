/** What tasks were asked to do, read from their records and from their Secrets. */

import type { TaskSecrets } from '../../taskfile/task-spec.js';
import type { SubmissionSource } from '../domain/ports.js';
import { hasCode, toTaskError } from './api/errors.js';
import { loginOf, valuesOf } from './manifests/secret.js';
import { loginName, recordName, secretName } from './names.js';
import type { RawConfigMap, RawSecret } from './objects.js';
import type { Paths } from './paths.js';
import { type LaunchPlan, parsePlan } from './record.js';
import type { KubeClient } from './api/client.js';

/** The submissions of one namespace. */
export function createSubmissionSource(client: KubeClient, paths: Paths): SubmissionSource {
  async function find<T>(path: string, signal: AbortSignal): Promise<T | undefined> {
    try {
      return (await client.request<T>({ method: 'GET', path, first: true, signal })).body;
    } catch (error) {
      if (hasCode(error, 404)) return undefined;
      throw error;
    }
  }

  async function secretsOf(id: string, { spec }: LaunchPlan, signal: AbortSignal): Promise<TaskSecrets | undefined> {
    const secret = (name: string): Promise<RawSecret | undefined> => find(`${paths.secrets}/${name}`, signal);
    const values = spec.secretNames.length > 0 ? await secret(secretName(id)) : {};
    const login = spec.hasRegistryLogin ? await secret(loginName(id)) : undefined;
    const registry = login && loginOf(login);
    if (values === undefined || (spec.hasRegistryLogin && registry === undefined)) return undefined;
    return { values: valuesOf(values), registry };
  }

  return {
    of: async ({ id, uid }, signal) => {
      if (uid === undefined) return undefined;
      try {
        const raw = await find<RawConfigMap>(`${paths.configMaps}/${recordName(id)}`, signal);
        const plan = raw && parsePlan(raw);
        const secrets = plan && (await secretsOf(id, plan, signal));
        return plan && secrets && { spec: plan.spec, secrets };
      } catch (error) {
        throw toTaskError(error, `reading what task ${id} was asked to do`);
      }
    },
  };
}
