/**
 * Submits a task file, follows its log and ends with the task's result.
 *
 *     node run-task.js http://localhost:8000 ada task.yaml
 */

import { readFile } from 'node:fs/promises';
import { createClient, isClientError, type TaskStatus, TaskState } from 'k8s-cli';

const [url = '', user = '', file = ''] = process.argv.slice(2);

async function run(): Promise<number> {
  const client = createClient({ url, user });
  try {
    // Both calls survive lost connections: the task is submitted once, and no line is shown twice.
    const { taskId, message } = await client.submitTask({ taskYaml: await readFile(file, 'utf8') });
    console.error(message);
    for await (const { entries, summary } of client.followTaskLogs(taskId)) {
      for (const { text, raw, partial } of entries) {
        process.stdout.write(raw.length > 0 ? raw : text);
        if (!partial) process.stdout.write('\n');
      }
      for (const { node, incompleteReason } of summary?.nodes ?? []) {
        if (incompleteReason) console.error(`the log of node ${node} is not complete: ${incompleteReason}`);
      }
      if (summary?.task) {
        console.error(`Task ${taskId} ${summary.task.status}`);
        return exitCode(summary.task);
      }
    }
    throw new Error('the log ended without a summary');
  } finally {
    client.close();
  }
}

/** The exit code of the node that failed first, as the command line has it. */
function exitCode(task: TaskStatus): number {
  if (task.state === TaskState.COMPLETED) return 0;
  if (task.state === TaskState.STOPPED) return 122;
  const failed = task.nodes
    .filter((node) => node.exitCode)
    .sort((a, b) => Number((a.finishedAt?.seconds ?? 0n) - (b.finishedAt?.seconds ?? 0n)));
  return failed[0]?.exitCode ?? 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  if (!isClientError(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  if (error.reason) console.error(`reason: ${error.reason}`);
  for (const { field, description } of error.violations) console.error(`field ${field}: ${description}`);
  for (const { type, value } of error.details) {
    if (type === 'google.rpc.ResourceInfo') console.error('resource:', value);
  }
  process.exitCode = 1;
}
