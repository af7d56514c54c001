/** The Secrets of a task: the only objects that its secrets stand in. */

import type { TaskSecrets } from '../../../taskfile/task-spec.js';
import type { PlannedObject } from '../../domain/ports.js';
import type { RawSecret } from '../objects.js';
import { loginName, secretName } from '../names.js';
import { type LaunchedTask, ownedMetadata } from './task.js';

const LOGIN_KEY = '.dockerconfigjson';

/** An object of core/v1 Secret. */
export interface SecretObject extends PlannedObject {
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
}

/** The Secrets that the task needs: one for its variables, one to pull its image with. */
export function secretObjects(task: LaunchedTask, secrets: TaskSecrets): readonly SecretObject[] {
  const { values, registry } = secrets;
  return [
    ...(Object.keys(values).length === 0 ? [] : [secret(task, secretName(task.id), 'Opaque', values)]),
    ...(registry === undefined
      ? []
      : [
          secret(task, loginName(task.id), 'kubernetes.io/dockerconfigjson', {
            [LOGIN_KEY]: loginJson(registry),
          }),
        ]),
  ];
}

/** Names of the Secrets that a task has, known without their values. */
export function secretObjectNames({ id, spec }: LaunchedTask): readonly string[] {
  return [...(spec.secretNames.length > 0 ? [secretName(id)] : []), ...(spec.hasRegistryLogin ? [loginName(id)] : [])];
}

/** The variables that a Secret holds. */
export function valuesOf({ data = {} }: Pick<RawSecret, 'data'>): TaskSecrets['values'] {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

/** The login that a Secret holds; undefined when it is none that was made here. */
export function loginOf(secret: RawSecret): TaskSecrets['registry'] {
  try {
    const { auths }: { auths: Record<string, { username: string; password: string }> } = JSON.parse(
      valuesOf(secret)[LOGIN_KEY] ?? '',
    );
    const [[server, { username, password }]] = Object.entries(auths) as [
      [string, { username: string; password: string }],
    ];
    return { server, username, password };
  } catch {
    return undefined;
  }
}

/** The same object with nothing secret in it. */
export function withoutValues(object: SecretObject): PlannedObject {
  const hidden = Object.keys(object.data).map((key) => [key, '(hidden)']);
  const { data: _, ...rest } = object;
  return { ...rest, stringData: Object.fromEntries(hidden) };
}

function secret(
  task: LaunchedTask,
  name: string,
  type: string,
  values: Readonly<Record<string, string>>,
): SecretObject {
  const encoded = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const metadata = ownedMetadata(task, name) as SecretObject['metadata'];
  return { apiVersion: 'v1', kind: 'Secret', metadata, type, data: Object.fromEntries(encoded) };
}

function loginJson({ server, username, password }: NonNullable<TaskSecrets['registry']>): string {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return JSON.stringify({ auths: { [server]: { username, password, auth } } });
}
