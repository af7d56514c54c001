import type { Placement } from '../../../server/domain/placement/resolve.js';
import { parseTaskYaml, type Resources, type TaskSecrets, type TaskSpec } from '../../../taskfile/task-spec.js';

function plainSpec(): TaskSpec {
  const result = parseTaskYaml('name: demo\nrun: echo hello');
  if (!result.ok) throw new Error('the plainest task is not valid');
  return result.spec;
}

/** A task that asks for as little as possible. */
export function spec(over: Partial<TaskSpec> = {}): TaskSpec {
  return { ...plainSpec(), ...over };
}

/** Resources that ask for nothing. */
export function resources(over: Partial<Resources> = {}): Resources {
  return { ...plainSpec().resources, ...over };
}

/** A task that may run anywhere. */
export const ANYWHERE: Placement = { nodeTerms: [], priorityClass: undefined, queue: undefined, managedSecrets: [] };

/** A task without secrets. */
export const NO_SECRETS: TaskSecrets = { values: {}, registry: undefined };
