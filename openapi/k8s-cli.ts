/** What the document of this API says beyond its descriptors: its headers and media types, and examples. */

import type { JsonObject } from './json.js';
import { LIMITS } from './limits.js';
import type { Notes } from './notes.js';

const DESCRIPTION = `
Submits SkyPilot-style tasks to a Kubernetes cluster, tells how they are, streams their logs and stops them. gRPC has the same
methods on the same port, in package \`k8scli.v1\`.

JSON has the field names of this page and carries every field; unset messages are \`null\`. Unknown fields of a request are refused,
unknown query parameters are ignored. Errors are \`google.rpc.Status\`: \`details\` always begin with an ErrorInfo whose \`reason\` is for
programs, unless the transport itself refused the request.

A path that exists with another method only is answered with 501. A server on a loopback address refuses a foreign \`Host\` or
\`Origin\` with 403. A body may have 4 MiB.

A server that was started with a token, as \`k8s-cli local start\` does, wants \`Authorization: Bearer TOKEN\` on every request but \`GET /\`,
\`GET /healthz\` and those for this page.
`;

const TASK = 'k8scli.v1.TaskService';
const SPEC = 'k8scli.v1.TaskSpec';
const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';

function error(code: number, reason: string, message: string, metadata: JsonObject, ...more: JsonObject[]): JsonObject {
  const info = { '@type': ERROR_INFO, reason, domain: 'k8s-cli', metadata };
  return { code, message, details: [info, ...more] };
}

const TIME = '2026-11-23T06:36:26Z';

/** Notes on the API, for a version of it. */
export function notesOf(version: string): Notes {
  return {
    title: 'k8s-cli',
    version,
    description: DESCRIPTION.trim().replace(/(?<!\n)\n(?!\n)/g, ' '),
    identity: {
      header: 'X-User',
      description: 'Name of the user, at most 256 printable ASCII characters. The server believes it.',
    },
    anonymous: new Set(['k8scli.v1.SystemService.GetServiceInfo']),
    constraints: LIMITS,
    examples: {
      task_id: 'sbwx5z3c',
      volume_id: 'sqlwjw9s',
      username: 'ada',
      namespace: 'default',
      created_at: TIME,
      updated_at: '2026-11-23T06:36:30.110Z',
      started_at: TIME,
      finished_at: '2026-11-23T06:36:29Z',
      time: TIME,
      job_name: 'train-sbwx5z3c',
      node_jobs: ['train-sbwx5z3c'],
      num_nodes: 1,
      pod_name: 'train-sbwx5z3c-8k5m8',
      node_name: 'worker-1',
      cpus: '2',
      memory: '4Gi',
      accelerators: 'V100:1',
      image_id: 'python:3.13-slim',
      message: 'A sentence for people.',
      size: '10Gi',
      access_modes: ['ReadWriteOnce'],
      pvc_name: 'training-data-sqlwjw9s',
      since: '10m',
      next_page_token: '',
      [`${SPEC}.name`]: 'train',
      [`${SPEC}.workdir`]: '/workspace',
      [`${SPEC}.envs`]: { EPOCHS: '3' },
      [`${SPEC}.volumes`]: { '/data': 'training-data' },
      [`${SPEC}.timeout`]: '12h',
      [`${SPEC}.setup`]: 'pip install -r requirements.txt',
      [`${SPEC}.run`]: 'python3 train.py',
      'k8scli.v1.SubmitTaskResponse.status': 'submitted',
      'k8scli.v1.SubmitTaskResponse.message': 'Task train submitted with id sbwx5z3c on 1 node',
      'k8scli.v1.TaskStatus.name': 'train',
      'k8scli.v1.TaskStatus.status': 'completed',
      'k8scli.v1.TaskStatus.state': 'COMPLETED',
      'k8scli.v1.TaskStatus.diagnosis': null,
      'k8scli.v1.TaskStatus.stop': null,
      'k8scli.v1.TaskMetadata.succeeded_nodes': 1,
      'k8scli.v1.NodeStatus.state': 'COMPLETED',
      'k8scli.v1.NodeStatus.message': '',
      'k8scli.v1.NodeStatus.exit_code': 0,
      'k8scli.v1.TaskLogEntry.text': 'epoch 1 of 3',
      'k8scli.v1.TaskLogEntry.newline': true,
      'k8scli.v1.StreamTaskLogsResponse.resume_token': 'p1~1.6c98a0ac-25b2-4d3f-a4e9-17c73f14ca8a.dn2ds0ysa3i8.1.0',
      'k8scli.v1.StreamTaskLogsResponse.heartbeat': null,
      'k8scli.v1.StreamTaskLogsResponse.gap': null,
      'k8scli.v1.StreamTaskLogsResponse.notice': null,
      'k8scli.v1.StreamTaskLogsResponse.summary': null,
      'k8scli.v1.WatchTasksResponse.removed': null,
      'k8scli.v1.StopTaskRequest.reason': 'no longer needed',
      'k8scli.v1.StopTaskResponse.status': 'stopped',
      'k8scli.v1.StopTaskResponse.message': 'Task sbwx5z3c is being stopped',
      'k8scli.v1.StopTasksResponse.count': 5,
      'k8scli.v1.StopTasksResponse.status': 'stopped',
      'k8scli.v1.StopTasksResponse.message': 'Stopped 5 tasks',
      'k8scli.v1.DeleteTaskResponse.status': 'deleted',
      'k8scli.v1.DeleteTaskResponse.message': 'Task sbwx5z3c is deleted',
      'k8scli.v1.VolumeStatus.name': 'training-data',
      'k8scli.v1.VolumeStatus.storage_class': 'standard',
      'k8scli.v1.VolumeStatus.status': 'Bound',
      'k8scli.v1.CreateVolumeRequest.name': 'training-data',
      'k8scli.v1.CreateVolumeResponse.status': 'created',
      'k8scli.v1.CreateVolumeResponse.message': 'Volume training-data created with id sqlwjw9s',
      'k8scli.v1.DeleteVolumeResponse.status': 'deleted',
      'k8scli.v1.DeleteVolumeResponse.message': 'Volume training-data deleted',
      'k8scli.v1.GetServiceInfoResponse.status': 'ok',
      'k8scli.v1.GetServiceInfoResponse.service': 'k8s-cli-api',
      'k8scli.v1.GetServiceInfoResponse.version': version,
    },
    bodies: {
      [`${TASK}.SubmitTask`]: {
        'application/yaml': {
          schema: { type: 'string', description: 'The text of a task file, at most 1 MiB; see docs/tasks.md.' },
          example: 'name: train\nresources:\n  cpus: 2\nrun: python3 train.py\n',
        },
      },
    },
    rawBodies: {
      [`${TASK}.TailTaskLogs`]: {
        contentType: 'text/plain; charset=utf-8',
        example: 'node-0 | epoch 1 of 3\nnode-1 | epoch 1 of 3\n',
      },
    },
    headers: {
      [`${TASK}.StreamTaskLogs`]: [
        {
          name: 'Last-Event-ID',
          description: 'What a browser sends when it takes server-sent events up again; the same as `resume_token`.',
          schema: { type: 'string' },
        },
      ],
      [`${TASK}.WatchTask`]: [
        {
          name: 'Last-Event-ID',
          description: 'What a browser sends when it comes back behind the end of server-sent events.',
          schema: { type: 'string' },
        },
      ],
    },
    noContent: {
      [`${TASK}.WatchTask`]:
        'There is nothing after the final state: an EventSource that was told it does not come back. Server-sent events only.',
      [`${TASK}.StreamTaskLogs`]:
        'There is nothing after the summary of a followed log: an EventSource does not come back. Server-sent events only.',
    },
    errors: {
      INVALID_ARGUMENT: error(
        3,
        'INVALID_TASK',
        'the task is not valid: run: is missing; say what to run, for example `run: python3 train.py`',
        {},
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          field_violations: [
            {
              field: 'run',
              description: 'run: is missing; say what to run, for example `run: python3 train.py`',
              reason: '',
              localized_message: null,
            },
          ],
        },
      ),
      UNAUTHENTICATED: error(
        16,
        'IDENTITY_MISSING',
        'who are you? send your user name in the header X-User (metadata key x-user)',
        {},
      ),
      NOT_FOUND: error(
        5,
        'TASK_NOT_FOUND',
        'task "sbwx5z3c" not found; `k8s-cli jobs list` shows your tasks',
        { task_id: 'sbwx5z3c' },
        {
          '@type': 'type.googleapis.com/google.rpc.ResourceInfo',
          resource_type: 'k8scli.v1.Task',
          resource_name: 'sbwx5z3c',
          owner: '',
          description: 'task "sbwx5z3c" not found; `k8s-cli jobs list` shows your tasks',
        },
      ),
      ALREADY_EXISTS: error(6, 'REQUEST_ID_REUSED', 'request_id was used for another task', {}),
      RESOURCE_EXHAUSTED: error(8, 'QUOTA_EXCEEDED', 'exceeded quota: jobs', {}),
      FAILED_PRECONDITION: error(9, 'ADMISSION_DENIED', 'admission webhook denied the request', {}),
      UNAVAILABLE: error(
        14,
        'CLUSTER_UNAVAILABLE',
        'the cluster cannot be reached',
        {},
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retry_delay: '1s' },
      ),
    },
  };
}
