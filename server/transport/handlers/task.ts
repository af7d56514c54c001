/** TaskService. */

import type { ServiceHandlers } from '../../../bridge/handler.js';
import type { SubmitTaskRequest, TaskServiceService } from '../../../gen/k8scli/v1/task_service.js';
import {
  checkTask,
  formatViolation,
  type Locate,
  parseTaskYaml,
  type ParseResult,
  type RecentTasks,
} from '../../../taskfile/task-spec.js';
import { RecentTexts } from '../../../taskfile/recent-texts.js';
import type { Domain } from '../../domain/context.js';
import { execInNode, forwardToNode } from '../../domain/connect.js';
import { deleteTask } from '../../domain/delete.js';
import { type FieldViolation, invalidArgument, TaskError } from '../../domain/errors.js';
import { getTask } from '../../domain/get.js';
import { listTasks } from '../../domain/list.js';
import { rerunTask } from '../../domain/rerun.js';
import { streamLogs } from '../../domain/logs.js';
import { stopTask, stopTasks, type StopOutcome } from '../../domain/stop.js';
import { type Submitted, submitTask } from '../../domain/submit.js';
import { watchTask } from '../../domain/watch.js';
import { watchTasks } from '../../domain/watch-tasks.js';
import { FINAL_STATE } from '../event-id.js';
import { userOf } from '../interceptors/identity.js';
import { execInputs, execMessage, execRequest, forwardInputs, forwardMessage, opening } from '../connect-messages.js';
import { logMessage, logRequest } from '../log-messages.js';
import { logText } from '../log-text.js';
import {
  durationMs,
  outageMessage,
  overridesOf,
  taskFileValue,
  taskMessage,
  taskMessageIn,
  tasksMessage,
} from '../mapping.js';

/** Handlers of TaskService. */
export function taskHandlers(domain: Domain): ServiceHandlers<TaskServiceService> {
  const recent: RecentTasks = { trees: new RecentTexts(), results: new RecentTexts() };
  return {
    async submitTask(request, context) {
      const user = userOf(context);
      const { spec, secrets, warnings, locate } = parsed(parseTask(request, recent));
      const { requestId, validateOnly, strict } = request;
      const options = { requestId, validateOnly, strict, located: locatedBy(locate) };
      const submission = { spec, secrets, warnings: warnings.map(formatViolation), ...options };
      const task = await submitTask(domain, user, submission, context.signal);
      const answered = { warnings: [...task.warnings], objects: [...task.objects] };
      if (validateOnly) return { taskId: '', status: 'valid', message: validText(task), ...answered };
      return { taskId: task.taskId, status: 'submitted', message: submitText(task), ...answered };
    },

    async rerunTask({ taskId, requestId }, context) {
      const task = await rerunTask(domain, userOf(context), taskId, requestId, context.signal);
      return { taskId: task.taskId, status: 'submitted', message: submitText(task), warnings: [...task.warnings] };
    },

    async listTasks(request, context) {
      const page = listTasks(domain, userOf(context), { ...request, sinceMs: durationMs(request.since) });
      const outage = outageMessage(domain.store.outage);
      return { tasks: page.tasks.map(taskMessage), nextPageToken: page.nextPageToken, outage };
    },

    async getTask(request, context) {
      const task = await getTask(domain, userOf(context), request.taskId, context);
      return taskMessageIn(domain.store.outage, task);
    },

    async *tailTaskLogs(request, context) {
      const user = userOf(context);
      const several = (await getTask(domain, user, request.taskId, context)).record.numNodes > 1;
      const messages = streamLogs(
        domain,
        user,
        request.taskId,
        logRequest({ ...request, resumeToken: '' }),
        context.signal,
      );
      yield* logText(messages, { several, timestamps: request.timestamps });
    },

    async *streamTaskLogs(request, context) {
      const resumeToken = request.resumeToken || (context.metadata.get('last-event-id') ?? '');
      const messages = streamLogs(
        domain,
        userOf(context),
        request.taskId,
        logRequest({ ...request, resumeToken }),
        context.signal,
      );
      for await (const message of messages) yield logMessage(message);
    },

    async *watchTask(request, context) {
      // An EventSource comes back behind every end, until it is answered with nothing.
      const told = context.metadata.get('last-event-id') === FINAL_STATE;
      for await (const task of watchTask(domain, userOf(context), request.taskId, context.signal)) {
        if (told && task.finishedAtMs !== undefined) return;
        yield taskMessageIn(domain.store.outage, task);
      }
    },

    async *watchTasks(request, context) {
      for await (const event of watchTasks(domain, userOf(context), request, context.signal)) yield tasksMessage(event);
    },

    async stopTask(request, context) {
      const { taskId, reason } = request;
      const graceMs = durationMs(request.gracePeriod);
      const outcome = await stopTask(domain, userOf(context), taskId, { reason, graceMs }, context);
      return { taskId, status: 'stopped', message: stopText(taskId, outcome) };
    },

    async deleteTask({ taskId, force }, context) {
      await deleteTask(domain, userOf(context), taskId, force, context.signal);
      return { taskId, status: 'deleted', message: `Task ${taskId} is deleted` };
    },

    async *execTask(requests, context) {
      const { start, rest } = await opening(requests, context.signal);
      const user = userOf(context);
      const outputs = execInNode(
        domain,
        user,
        start,
        execRequest(start),
        execInputs(rest, start.stdin),
        context.signal,
      );
      for await (const output of outputs) yield execMessage(output);
    },

    async *forwardTaskPort(requests, context) {
      const { start, rest } = await opening(requests, context.signal);
      const outputs = forwardToNode(domain, userOf(context), start, start.port, forwardInputs(rest), context.signal);
      for await (const output of outputs) yield forwardMessage(output);
    },

    async stopTasks(request, context) {
      const { allUsers, reason } = request;
      const graceMs = durationMs(request.gracePeriod);
      const count = await stopTasks(domain, userOf(context), allUsers, { reason, graceMs }, context.signal);
      return { count, status: 'stopped', message: `Stopped ${count} ${count === 1 ? 'task' : 'tasks'}` };
    },
  };
}

function parseTask(request: SubmitTaskRequest, recent: RecentTasks): ParseResult {
  const { task, taskYaml } = request;
  if (task && taskYaml !== '') throw invalidArgument('task_yaml', 'must not be set together with task');
  const { strict, lenient } = request;
  const options = { overrides: overridesOf(request.overrides), strict, lenient, recent };
  return taskYaml === '' ? checkTask(task ? taskFileValue(task) : {}, options) : parseTaskYaml(taskYaml, options);
}

function parsed(result: ParseResult): Extract<ParseResult, { ok: true }> {
  if (result.ok) return result;
  const { violations } = result;
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  throw new TaskError('INVALID_TASK', `the task is not valid: ${first ? formatViolation(first) : ''}${more}`, {
    violations: violations.map((violation) => ({ field: violation.field, description: formatViolation(violation) })),
  });
}

/** What the cluster is found to lack is told with the place of the field that asks for it. */
function locatedBy(locate: Locate): (found: FieldViolation) => FieldViolation {
  return ({ field, description }) => {
    const place = locate(field);
    if (place.field === field && place.line === undefined) return { field, description };
    const message = description.startsWith(`${field}: `) ? description.slice(field.length + 2) : description;
    const nowhere = { fix: undefined, source: undefined };
    return { field: place.field, description: formatViolation({ ...place, message, ...nowhere }) };
  };
}

function submitText({ taskId, name, numNodes, created }: Submitted): string {
  const verb = created ? 'submitted' : 'was submitted before';
  return `Task ${name} ${verb} with id ${taskId} on ${numNodes === 1 ? '1 node' : `${numNodes} nodes`}`;
}

function validText({ numNodes, objects }: Submitted): string {
  const jobs = objects.filter(({ kind }) => kind === 'Job').length;
  return `The task is valid${jobs < numNodes ? `; of its ${numNodes} Jobs the first ${jobs} are shown` : ''}`;
}

function stopText(taskId: string, outcome: StopOutcome): string {
  if (outcome === 'finished') return `Task ${taskId} has finished already and keeps its result`;
  if (outcome === 'stopping') return `Task ${taskId} is being stopped already`;
  return `Task ${taskId} is being stopped`;
}
