import { randomUUID } from 'node:crypto';
import { SystemServiceService } from '../../gen/k8scli/v1/system_service.js';
import { SubmitTaskRequest, TaskServiceService } from '../../gen/k8scli/v1/task_service.js';
import { bareGrpc } from './bare-grpc.js';
import type { Submitter } from './bare-submitter.js';
import { TASK_MESSAGE, TASK_YAML, USER } from './task.js';

/** How the task is said: as the text of a task.yaml, as the command line does, or as a message, as programs do. */
export type TaskForm = 'text' | 'message';

/** Submits over gRPC, all callers over one connection. */
export function grpcSubmitter(url: string, form: TaskForm): Submitter {
  const server = bareGrpc(url, USER);
  const task = form === 'text' ? { taskYaml: TASK_YAML } : { task: TASK_MESSAGE };
  const { path, requestSerialize } = TaskServiceService.submitTask;
  const info = SystemServiceService.getServiceInfo;
  return {
    async submit() {
      await server.call(path, requestSerialize(SubmitTaskRequest.fromPartial({ ...task, requestId: randomUUID() })));
    },
    async ask() {
      await server.call(info.path, info.requestSerialize({}));
    },
    close: async () => server.close(),
  };
}
