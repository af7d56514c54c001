/** The services of the API, with their handlers behind the interceptors: what both transports serve. */

import type { AnyHandler, ServiceDefinition } from '../../bridge/handler.js';
import { protoMetadata as systemMetadata, SystemServiceService } from '../../gen/k8scli/v1/system_service.js';
import {
  type ProtoMetadata,
  protoMetadata as taskMetadata,
  TaskServiceService,
} from '../../gen/k8scli/v1/task_service.js';
import { protoMetadata as volumeMetadata, VolumeServiceService } from '../../gen/k8scli/v1/volume_service.js';
import type { Domain } from '../domain/context.js';
import { systemHandlers } from './handlers/system.js';
import { taskHandlers } from './handlers/task.js';
import { volumeHandlers } from './handlers/volume.js';
import { type ChainOptions, intercept } from './interceptors/chain.js';
import { encodeTaskList } from './list-encoding.js';
import { encodeLogMessage } from './log-encoding.js';

/** A service, ready to be served. */
export interface Service {
  /** Full name, `k8scli.v1.TaskService`. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly metadata: ProtoMetadata;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
}

/** As it was generated, but for what is encoded by the hundred. */
const TASK_SERVICE = {
  ...TaskServiceService,
  listTasks: { ...TaskServiceService.listTasks, responseSerialize: encodeTaskList },
  streamTaskLogs: { ...TaskServiceService.streamTaskLogs, responseSerialize: encodeLogMessage },
};

/** All services over this domain. */
export function createServices(
  domain: Domain,
  version: string,
  options: Omit<ChainOptions, 'anonymous'>,
): readonly Service[] {
  const anonymous = new Set([SystemServiceService.getServiceInfo.path]);
  const service = (
    name: string,
    definition: ServiceDefinition,
    metadata: ProtoMetadata,
    handlers: Readonly<Record<string, AnyHandler>>,
  ): Service => ({ name, definition, metadata, handlers: intercept(definition, handlers, { ...options, anonymous }) });
  return [
    service('k8scli.v1.SystemService', SystemServiceService, systemMetadata, systemHandlers(domain, version)),
    service('k8scli.v1.TaskService', TASK_SERVICE, taskMetadata, taskHandlers(domain)),
    service('k8scli.v1.VolumeService', VolumeServiceService, volumeMetadata, volumeHandlers(domain)),
  ];
}
