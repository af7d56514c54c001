import { setMaxListeners } from 'node:events';
import { randomUUID } from 'node:crypto';
import { Client as GrpcClient, Metadata } from '@grpc/grpc-js';
import {
  type DiagnoseResponse,
  type GetServiceInfoResponse,
  SystemServiceService,
} from '../gen/k8scli/v1/system_service.js';
import type { TaskStatus } from '../gen/k8scli/v1/task.js';
import {
  type DeleteTaskResponse,
  ExecTaskRequest,
  type ExecTaskResponse,
  ForwardTaskPortRequest,
  type ForwardTaskPortResponse,
  ListTasksRequest,
  type ListTasksResponse,
  type RerunTaskResponse,
  type StopTaskResponse,
  type StopTasksResponse,
  StreamTaskLogsRequest,
  type StreamTaskLogsResponse,
  SubmitTaskRequest,
  type SubmitTaskResponse,
  TaskServiceService,
  WatchTasksRequest,
  type WatchTasksResponse,
} from '../gen/k8scli/v1/task_service.js';
import {
  CreateVolumeRequest,
  type CreateVolumeResponse,
  type DeleteVolumeResponse,
  ListVolumesRequest,
  type ListVolumesResponse,
  VolumeServiceService,
  type VolumeStatus,
} from '../gen/k8scli/v1/volume_service.js';
import { openBidiStream } from './bidi-stream.js';
import { createEndpoint } from './channel.js';
import { ClientError, type ErrorDetail, type GrpcCode } from './errors.js';
import { type FollowOptions, followTaskLogs, type OpenLogStream } from './follow-logs.js';
import { followTask } from './follow-task.js';
import { checkUser } from './identity.js';
import { decodeLogMessage } from './log-decoding.js';
import { besidesEarlier, DEFAULT_RETRY, goneIsDone, type RetryPolicy, withRetry } from './retry.js';
import { openServerStream } from './server-stream.js';
import { stopFields, type StopOptions } from './stop.js';
import { callUnary, type Method } from './unary.js';

/** How to reach a server, and as whom. */
export interface ClientConfig {
  /** http://host:port for plain HTTP/2, https:// for TLS. */
  readonly url: string;
  /** Name to act as; printable ASCII. */
  readonly user: string;
  /** Token of the server, where it wants one. */
  readonly token?: string | undefined;
  /** Time for one unary call with all its repetitions, in milliseconds. Default: 30 s. */
  readonly timeoutMs?: number | undefined;
  /** Told of each call that is made and of how it ended; a stream's end is told too. */
  readonly trace?: ((event: CallEvent) => void) | undefined;
  /** Told that a caller has to wait: of each failure after which a call is tried again, and once a call without an answer for `slowMs`. */
  readonly onWait?: ((error: ClientError | undefined) => void) | undefined;
  /** When a unary call is slow, in milliseconds. Default: 5 s. */
  readonly slowMs?: number | undefined;
  /** Repetition of calls that may be repeated, when the server is unavailable or the connection is lost. Default: four tries within about a second. */
  readonly retry?: RetryPolicy | undefined;
}

/** A call that is made, or how one ended. */
export type CallEvent =
  | { readonly kind: 'request'; readonly method: string; readonly request: unknown }
  | {
      readonly kind: 'end';
      readonly method: string;
      readonly code: GrpcCode;
      /** Empty for OK. */
      readonly message: string;
      readonly details: readonly ErrorDetail[];
      readonly ms: number;
    };

/** What one call may be given. */
export interface CallOptions {
  /** Aborting it cancels the call, which then fails with CANCELLED. */
  readonly signal?: AbortSignal | undefined;
  /** Instead of the client's own, in milliseconds. Unary calls only. */
  readonly timeoutMs?: number | undefined;
}

/** All methods of a server. Each throws a ClientError. */
export interface Client {
  /** Submits a task. Safe to repeat: a `requestId` is made up when none is given, and kept over the repetitions. */
  submitTask(request: Partial<SubmitTaskRequest>, options?: CallOptions): Promise<SubmitTaskResponse>;
  /** Submits a task again, as it was submitted before. Safe to repeat, as `submitTask` is. */
  rerunTask(taskId: string, options?: CallOptions & { readonly requestId?: string }): Promise<RerunTaskResponse>;
  /** One page of tasks, newest first; without `pageSize` and `pageToken` up to 10,000 at once. */
  listTasks(request: Partial<ListTasksRequest>, options?: CallOptions): Promise<ListTasksResponse>;
  /** One task. */
  getTask(taskId: string, options?: CallOptions): Promise<TaskStatus>;
  /** The present state of a task, then each change, until the final one. */
  watchTask(taskId: string, options?: CallOptions): AsyncIterable<TaskStatus>;
  /** The same over as many connections as that takes. */
  followTask(taskId: string, options?: CallOptions & Pick<FollowOptions, 'onReconnect'>): AsyncIterable<TaskStatus>;
  /** All tasks that fit as they are, then a message with `synced`, then each change; over one connection, and without an end. */
  watchTasks(request: Partial<WatchTasksRequest>, options?: CallOptions): AsyncIterable<WatchTasksResponse>;
  /** A task's log over one connection; without a summary at the end it is not complete. */
  streamTaskLogs(request: Partial<StreamTaskLogsRequest>, options?: CallOptions): AsyncIterable<StreamTaskLogsResponse>;
  /** A task's log to its summary, over as many connections as that takes. */
  followTaskLogs(taskId: string, options?: FollowOptions & CallOptions): AsyncIterable<StreamTaskLogsResponse>;
  /** Runs a program in a node of a task. The first request carries `start`; the last response carries `exit`. */
  execTask(requests: AsyncIterable<Partial<ExecTaskRequest>>, options?: CallOptions): AsyncIterable<ExecTaskResponse>;
  /** One TCP connection to a port of a node. The first request carries `start`. */
  forwardTaskPort(
    requests: AsyncIterable<Partial<ForwardTaskPortRequest>>,
    options?: CallOptions,
  ): AsyncIterable<ForwardTaskPortResponse>;
  /** Stops a task; may be repeated. */
  stopTask(taskId: string, options?: CallOptions & StopOptions): Promise<StopTaskResponse>;
  /** Deletes a task with all that belongs to it; one that has not ended only with `force`. Repeated when its answer is lost. */
  deleteTask(
    taskId: string,
    options?: CallOptions & { readonly force?: boolean | undefined },
  ): Promise<DeleteTaskResponse>;
  /** Stops all unfinished tasks of the user, or of everybody. */
  stopTasks(request: { readonly allUsers: boolean }, options?: CallOptions & StopOptions): Promise<StopTasksResponse>;
  /** Creates a volume. Safe to repeat: a `requestId` is made up when none is given, and kept over the repetitions. */
  createVolume(request: Partial<CreateVolumeRequest>, options?: CallOptions): Promise<CreateVolumeResponse>;
  /** One page of volumes, newest first. */
  listVolumes(request: Partial<ListVolumesRequest>, options?: CallOptions): Promise<ListVolumesResponse>;
  /** One volume. */
  getVolume(volumeId: string, options?: CallOptions): Promise<VolumeStatus>;
  /** Deletes a volume and what is stored on it. Repeated when its answer is lost. */
  deleteVolume(volumeId: string, options?: CallOptions): Promise<DeleteVolumeResponse>;
  /** What the server finds when it checks its cluster. */
  diagnose(options?: CallOptions): Promise<DiagnoseResponse>;
  /** Name and version of the server. */
  getServiceInfo(options?: CallOptions): Promise<GetServiceInfoResponse>;
  /** Closes the connection; calls under way fail with CANCELLED. */
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_SLOW_MS = 5_000;
/** Read by the hundred. */
const STREAM_TASK_LOGS = { ...TaskServiceService.streamTaskLogs, responseDeserialize: decodeLogMessage };

/** Makes a client with one connection, opened by the first call. Throws a ClientError for a bad URL or user name. */
export function createClient(config: ClientConfig): Client {
  const endpoint = createEndpoint(config.url);
  const metadata = new Metadata();
  metadata.set('x-user', checkUser(config.user));
  if (config.token !== undefined) metadata.set('authorization', `Bearer ${config.token}`);
  const grpc = new GrpcClient(endpoint.target, endpoint.credentials, endpoint.options);
  const closing = new AbortController();
  // Every call under way listens to it.
  setMaxListeners(0, closing.signal);
  const untilClosed = (signal: AbortSignal | undefined): AbortSignal =>
    signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;

  function call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: CallOptions = {},
    /** Makes of a try one that knows of those before it. */
    repeatable: (once: () => Promise<Response>) => () => Promise<Response> = (once) => once,
  ): Promise<Response> {
    const deadlineMs = performance.now() + (options.timeoutMs ?? config.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signal = untilClosed(options.signal);
    const once = async (): Promise<Response> => {
      const end = begin(method, request);
      try {
        const response = await callUnary(grpc, method, request, metadata, deadlineMs - performance.now(), signal);
        end();
        return response;
      } catch (error) {
        end(error);
        throw error;
      }
    };
    const slow = setTimeout(() => config.onWait?.(undefined), config.slowMs ?? DEFAULT_SLOW_MS);
    const answer = withRetry(config.retry ?? DEFAULT_RETRY, deadlineMs, signal, repeatable(once), config.onWait);
    return answer.finally(() => clearTimeout(slow));
  }

  function stream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    signal: AbortSignal | undefined,
  ): AsyncIterable<Response> {
    const messages = openServerStream(grpc, method, request, metadata, untilClosed(signal));
    return config.trace === undefined ? messages : traced(messages, begin(method, request));
  }

  const openLogs: OpenLogStream = (request, signal) => stream(STREAM_TASK_LOGS, request, signal);

  /** Tells of a call; returns how to tell of its end. */
  function begin<Request>({ path }: { readonly path: string }, request: Request): (error?: unknown) => void {
    const { trace } = config;
    if (trace === undefined) return () => {};
    const method = path.slice(1);
    const beganMs = performance.now();
    trace({ kind: 'request', method, request });
    return (error) => {
      const known = error instanceof ClientError ? error : undefined;
      const code = error === undefined ? 'OK' : (known?.code ?? 'UNKNOWN');
      const message = error instanceof Error ? error.message : '';
      trace({ kind: 'end', method, code, message, details: known?.details ?? [], ms: performance.now() - beganMs });
    };
  }

  return {
    submitTask: (request, options) =>
      call(
        TaskServiceService.submitTask,
        SubmitTaskRequest.fromPartial({ ...request, requestId: request.requestId || randomUUID() }),
        options,
      ),
    rerunTask: (taskId, options) =>
      call(TaskServiceService.rerunTask, { taskId, requestId: options?.requestId || randomUUID() }, options),
    listTasks: (request, options) => call(TaskServiceService.listTasks, ListTasksRequest.fromPartial(request), options),
    getTask: (taskId, options) => call(TaskServiceService.getTask, { taskId }, options),
    watchTask: (taskId, options) => stream(TaskServiceService.watchTask, { taskId }, options?.signal),
    followTask: (taskId, { signal, onReconnect } = {}) =>
      followTask(() => stream(TaskServiceService.watchTask, { taskId }, signal), untilClosed(signal), onReconnect),
    watchTasks: (request, options) =>
      stream(TaskServiceService.watchTasks, WatchTasksRequest.fromPartial(request), options?.signal),
    streamTaskLogs: (request, options) =>
      stream(STREAM_TASK_LOGS, StreamTaskLogsRequest.fromPartial(request), options?.signal),
    followTaskLogs: (taskId, options = {}) => followTaskLogs(openLogs, taskId, options, untilClosed(options.signal)),
    execTask: (requests, options) =>
      openBidiStream(
        grpc,
        TaskServiceService.execTask,
        completed(requests, (request) => ExecTaskRequest.fromPartial(request)),
        metadata,
        untilClosed(options?.signal),
      ),
    forwardTaskPort: (requests, options) =>
      openBidiStream(
        grpc,
        TaskServiceService.forwardTaskPort,
        completed(requests, (request) => ForwardTaskPortRequest.fromPartial(request)),
        metadata,
        untilClosed(options?.signal),
      ),
    stopTask: (taskId, options) => call(TaskServiceService.stopTask, { taskId, ...stopFields(options) }, options),
    deleteTask: (taskId, options) =>
      call(TaskServiceService.deleteTask, { taskId, force: options?.force ?? false }, options, (once) =>
        goneIsDone(once, {
          taskId,
          status: 'deleted',
          message: `Task ${taskId} is gone: the answer to its deletion was lost`,
        }),
      ),
    stopTasks: ({ allUsers }, options) =>
      call(TaskServiceService.stopTasks, { allUsers, ...stopFields(options) }, options, besidesEarlier),
    createVolume: (request, options) =>
      call(
        VolumeServiceService.createVolume,
        CreateVolumeRequest.fromPartial({ ...request, requestId: request.requestId || randomUUID() }),
        options,
      ),
    listVolumes: (request, options) =>
      call(VolumeServiceService.listVolumes, ListVolumesRequest.fromPartial(request), options),
    getVolume: (volumeId, options) => call(VolumeServiceService.getVolume, { volumeId }, options),
    deleteVolume: (volumeId, options) =>
      call(VolumeServiceService.deleteVolume, { volumeId }, options, (once) =>
        goneIsDone(once, {
          volumeId,
          status: 'deleted',
          message: `Volume ${volumeId} is gone: the answer to its deletion was lost`,
        }),
      ),
    diagnose: (options) => call(SystemServiceService.diagnose, {}, options),
    getServiceInfo: (options) => call(SystemServiceService.getServiceInfo, {}, options),
    close: () => {
      closing.abort();
      grpc.close();
    },
  };
}

/** Requests with all their fields. */
async function* completed<Part, Request>(
  parts: AsyncIterable<Part>,
  complete: (part: Part) => Request,
): AsyncGenerator<Request, void, undefined> {
  for await (const part of parts) yield complete(part);
}

async function* traced<Response>(
  messages: AsyncIterable<Response>,
  end: (error?: unknown) => void,
): AsyncGenerator<Response, void, undefined> {
  let failure: unknown;
  try {
    yield* messages;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // Also where the reader has had enough.
    end(failure);
  }
}
