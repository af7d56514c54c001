/** Tasks that print, and go on running. */

import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../../client/client.js';
import { TaskSpec, TaskState } from '../../gen/k8scli/v1/task.js';
import { pathsOf } from '../../server/kubernetes/paths.js';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/api/client.js';
import type { BenchCluster } from './cluster.js';
import { USER } from './task.js';

/** What one line of {@link printing} takes, with its newline. */
export const LINE_BYTES = 100;
const LOOK_AGAIN_MS = 200;

/** The pod of a task, in both worlds. */
export interface LoggedTask {
  readonly taskId: string;
  readonly pod: string;
}

/** A Python program that prints so many lines, of which the last ends with their number, and then waits. */
export function printing(lines: number): string {
  const text = `"%0${LINE_BYTES - 1}d\\n" % number`;
  return `import sys, time\nfor number in range(1, ${lines} + 1): sys.stdout.write(${text})\nsys.stdout.flush()\ntime.sleep(3600)`;
}

/** Submits a task that runs a Python program, and waits until its log ends with the text. */
export async function startLogging(
  cluster: BenchCluster,
  url: string,
  program: string,
  lastText: string,
  signal: AbortSignal,
): Promise<LoggedTask> {
  const client = createClient({ url, user: USER });
  const kubernetes = createKubeClient(cluster.config);
  try {
    const task = { name: 'logs', numNodes: 1, run: `exec python3 -c '${program}'` };
    const { taskId } = await client.submitTask({ task: TaskSpec.fromPartial(task) });
    for (;;) {
      const { nodes } = await client.getTask(taskId);
      const pod = nodes[0]?.podName ?? '';
      const path = `${pathsOf(cluster.served).pods}/${pod}/log`;
      const text = nodes[0]?.state === TaskState.RUNNING ? await lastLine(kubernetes, path, signal) : '';
      if (text !== '' && text.endsWith(lastText)) return { taskId, pod };
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  } finally {
    client.close();
    await kubernetes.close();
  }
}

async function lastLine(kubernetes: KubeClient, path: string, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await kubernetes.stream({ path, query: { tailLines: 1 }, signal })) chunks.push(chunk);
  return Buffer.concat(chunks).toString().trim();
}
