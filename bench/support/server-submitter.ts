import { createClient } from '../../client/index.js';
import type { Submitter } from './bare-submitter.js';
import { TASK_MESSAGE, TASK_YAML, USER } from './task.js';

/** How the task is said: as the text of a task.yaml, as the command line does, or as a message, as programs do. */
export type TaskForm = 'text' | 'message';

/** Submits through a server: gRPC from the typed client, all callers over its one connection. */
export function serverSubmitter(url: string, form: TaskForm): Submitter {
  // A repetition would hide that a call failed.
  const client = createClient({ url, user: USER, retry: { attempts: 1, baseMs: 0, maxMs: 0 } });
  const request = form === 'text' ? { taskYaml: TASK_YAML } : { task: TASK_MESSAGE };
  return {
    async submit() {
      await client.submitTask(request);
    },
    async ask() {
      await client.getServiceInfo();
    },
    async close() {
      client.close();
    },
  };
}
