/** Objects that every cluster accepts, small ones. */

type Fields = Record<string, unknown>;

const image = 'python:3.13-slim';

/** What ends with 143 at once when it is asked to, as a first process would not by itself. */
export const politeSleep = 'trap "exit 143" TERM; echo begun; sleep 600 & wait';

/** A container that runs a script. */
export function container(script: string, more: Fields = {}): Fields {
  return { name: 'main', image, command: ['sh', '-c', script], ...more };
}

export function configMap(name: string, metadata: Fields = {}, fields: Fields = {}): Fields {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data: { a: 'b' }, ...fields };
}

/** A Job of one pod that is not tried again. */
export function job(name: string, script = 'true', spec: Fields = {}, podSpec: Fields = {}): Fields {
  const pod = { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [container(script)], ...podSpec };
  const body = { backoffLimit: 0, template: { spec: pod }, ...spec };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: body };
}

/** A pod with one container, to which `more` is added. */
export function pod(name: string, script = 'true', more: Fields = {}, spec: Fields = {}): Fields {
  const containers = [container(script, more)];
  const body = { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers, ...spec };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: body };
}
