import { createClient } from '../../client/index.js';
import type { Submitter } from './bare-submitter.js';
import { TASK_YAML, USER } from './task.js';

/** Submits through a server: gRPC from the typed client, all callers over its one connection. */
export function serverSubmitter(url: string): Submitter {
  // A repetition would hide that a call failed.
  const client = createClient({ url, user: USER, retry: { attempts: 1, baseMs: 0, maxMs: 0 } });
  return {
    async submit() {
      await client.submitTask({ taskYaml: TASK_YAML });
    },
    async close() {
      client.close();
    },
  };
}
