/** The typed client: what the command line uses and other programs may import. */
export type {
  ClusterOutage,
  Diagnosis,
  NodeStatus,
  PastAttempt,
  TaskMetadata,
  TaskSpec,
  TaskStatus,
} from '../gen/k8scli/v1/task.js';
export type { Check, DiagnoseResponse, GetServiceInfoResponse } from '../gen/k8scli/v1/system_service.js';
export { TaskState } from '../gen/k8scli/v1/task.js';
export type {
  DeleteTaskResponse,
  ExecTaskRequest,
  ExecTaskResponse,
  ForwardTaskPortRequest,
  ForwardTaskPortResponse,
  ListTasksResponse,
  LogGap,
  LogNotice,
  LogSummary,
  RerunTaskResponse,
  StopTaskResponse,
  StopTasksResponse,
  StreamTaskLogsResponse,
  SubmitTaskResponse,
  TaskLogEntry,
  TaskOverrides,
} from '../gen/k8scli/v1/task_service.js';
export type {
  CreateVolumeResponse,
  DeleteVolumeResponse,
  ListVolumesResponse,
  VolumeStatus,
} from '../gen/k8scli/v1/volume_service.js';
export { type CallEvent, type CallOptions, type Client, type ClientConfig, createClient } from './client.js';
export { ClientError, type ErrorDetail, type FieldViolation, type GrpcCode, isClientError } from './errors.js';
export type { FollowOptions, LogSelection, Reconnect } from './follow-logs.js';
export { checkUser } from './identity.js';
export { parseServerUrl, type ServerAddress } from './server-url.js';
export { type Json, toRestJson } from './rest-json.js';
export type { RetryPolicy } from './retry.js';
export type { StopOptions } from './stop.js';
export { taskStateWord, type TaskStateWord } from './task-state.js';
export { formatTimestamp, formatTimestampNanos, timestampMs } from './timestamp.js';
