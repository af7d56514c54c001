/** A bridge in front of the task service, on a port of its own, for the tests of this folder. */

import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { type BridgeOptions, createBridge, serverSentEvents } from '../../../bridge/bridge.js';
import type { AnyHandler, CallContext } from '../../../bridge/handler.js';
import { defaultHeaderMatcher } from '../../../bridge/request/metadata.js';
import { createBridgeServer } from '../../../bridge/server.js';
import { Code, StatusError } from '../../../bridge/status.js';
import { HttpBody } from '../../../gen/google/api/httpbody.js';
import { protoMetadata as errorDetails } from '../../../gen/google/rpc/error_details.js';
import { TaskStatus } from '../../../gen/k8scli/v1/task.js';
import {
  ListTasksResponse,
  protoMetadata,
  StopTaskResponse,
  StreamTaskLogsResponse,
  SubmitTaskResponse,
  TaskServiceService,
} from '../../../gen/k8scli/v1/task_service.js';
import type {
  GetTaskRequest,
  ListTasksRequest,
  StopTaskRequest,
  StreamTaskLogsRequest,
  SubmitTaskRequest,
  TailTaskLogsRequest,
  WatchTaskRequest,
} from '../../../gen/k8scli/v1/task_service.js';
import { listen } from '../../gateway/listen.js';

/** Handlers that answer with parts of messages; what is missing is UNIMPLEMENTED. */
export interface TaskHandlers {
  submitTask?(request: SubmitTaskRequest, context: CallContext): Promise<Partial<SubmitTaskResponse>>;
  listTasks?(request: ListTasksRequest, context: CallContext): Promise<Partial<ListTasksResponse>>;
  getTask?(request: GetTaskRequest, context: CallContext): Promise<Partial<TaskStatus>>;
  stopTask?(request: StopTaskRequest, context: CallContext): Promise<Partial<StopTaskResponse>>;
  tailTaskLogs?(request: TailTaskLogsRequest, context: CallContext): AsyncIterable<Partial<HttpBody>>;
  streamTaskLogs?(request: StreamTaskLogsRequest, context: CallContext): AsyncIterable<Partial<StreamTaskLogsResponse>>;
  watchTask?(request: WatchTaskRequest, context: CallContext): AsyncIterable<Partial<TaskStatus>>;
}

interface MessageType {
  fromPartial(partial: object): object;
}

/** Of the methods that tests answer. */
const RESPONSES: Readonly<Record<keyof TaskHandlers, MessageType>> = {
  submitTask: SubmitTaskResponse,
  listTasks: ListTasksResponse,
  getTask: TaskStatus,
  tailTaskLogs: HttpBody,
  streamTaskLogs: StreamTaskLogsResponse,
  watchTask: TaskStatus,
  stopTask: StopTaskResponse,
};

/** Where a bridge listens. */
export interface Served {
  readonly url: string;
  /** Sends bytes over a connection of its own and answers all that comes back until the server closes it. */
  request(bytes: string): Promise<string>;
}

const closers: (() => Promise<void>)[] = [];

/** Serves the task service until the test ends. */
export async function serveTasks(handlers: TaskHandlers, options: Partial<BridgeOptions> = {}): Promise<Served> {
  const complete = Object.fromEntries(
    Object.keys(TaskServiceService).map((key) => {
      const name = key as keyof TaskHandlers;
      return [key, completed(handlers[name], RESPONSES[name])];
    }),
  );
  const bridge = createBridge({
    services: [
      { definition: TaskServiceService, metadata: protoMetadata, name: 'k8scli.v1.TaskService', handlers: complete },
    ],
    types: [errorDetails],
    marshal: { useProtoNames: true, emitUnpopulated: true, discardUnknown: false, suggestFieldNames: true },
    marshalers: { 'text/event-stream': serverSentEvents },
    bodyDecoders: {
      'application/yaml': (body, type) =>
        type === 'k8scli.v1.SubmitTaskRequest' ? { taskYaml: body.toString() } : undefined,
    },
    incomingHeader: (name) => (/^(x-user|last-event-id)$/.test(name) ? name : defaultHeaderMatcher(name)),
    eventId: (_, message) => message.resumeToken,
    ...options,
  });
  const { port, close } = await listen(createBridgeServer(bridge));
  closers.push(close);
  return {
    url: `http://127.0.0.1:${port}`,
    async request(bytes) {
      const socket = connect(port, '127.0.0.1');
      socket.write(bytes);
      let received = '';
      for await (const chunk of socket) received += chunk;
      return received;
    },
  };
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Handler = ((request: never, context: CallContext) => Promise<object> | AsyncIterable<object>) | undefined;

/** A handler whose answers are whole messages, as generated code and real handlers make them. */
function completed(handler: Handler, type: MessageType): AnyHandler {
  return (request, context) => {
    if (!handler) throw new StatusError(Code.UNIMPLEMENTED, 'not in this test');
    const answer = handler(request as never, context);
    return Symbol.asyncIterator in answer
      ? completeAll(answer, type)
      : answer.then((partial) => type.fromPartial(partial));
  };
}

async function* completeAll(partials: AsyncIterable<object>, type: MessageType) {
  for await (const partial of partials) {
    const message = type.fromPartial(partial);
    yield Symbol.dispose in partial ? Object.assign(message, { [Symbol.dispose]: partial[Symbol.dispose] }) : message;
  }
}

/** Opens a GET without reading the body. */
export async function open(url: string, headers: OutgoingHttpHeaders = {}): Promise<[IncomingMessage, ClientRequest]> {
  const request = get(url, { headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return [response, request];
}

/** All of a body. */
export async function text(response: IncomingMessage): Promise<string> {
  let all = '';
  for await (const chunk of response) all += String(chunk);
  return all;
}

/** A promise and the function that fulfils it. */
export function signal(): { promise: Promise<void>; fire: () => void } {
  let fire = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { promise, fire };
}

/** A stream of these messages. */
export async function* of<T>(...items: T[]): AsyncGenerator<T, void> {
  for (const item of items) yield item;
}
