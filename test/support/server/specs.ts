import type { TaskSpec } from '../../../taskfile/task-spec.js';

/** A task that asks for as little as possible. */
export function spec(over: Partial<TaskSpec> = {}): TaskSpec {
  return {
    name: 'demo',
    numNodes: 1,
    workdir: undefined,
    resources: { cpus: undefined, memory: undefined, gpus: 0, gpuType: undefined, image: undefined },
    envs: {},
    volumes: [],
    setup: undefined,
    run: 'echo hello',
    ...over,
  };
}
