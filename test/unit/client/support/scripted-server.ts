import { connect, createServer, type Socket } from 'node:net';
import {
  Metadata,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  status,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { Any } from '../../../../gen/google/protobuf/any.js';
import { BadRequest, ErrorInfo } from '../../../../gen/google/rpc/error_details.js';
import { Status } from '../../../../gen/google/rpc/status.js';
import { SystemServiceService } from '../../../../gen/k8scli/v1/system_service.js';
import { TaskState, TaskStatus } from '../../../../gen/k8scli/v1/task.js';
import {
  LogSummary,
  type StreamTaskLogsRequest,
  StreamTaskLogsResponse,
  TaskLogEntry,
  TaskServiceService,
} from '../../../../gen/k8scli/v1/task_service.js';
import { VolumeServiceService } from '../../../../gen/k8scli/v1/volume_service.js';

/** What a test lets a unary method do: answer, or throw (a ServiceError for a status). */
// oxlint-disable-next-line typescript/no-explicit-any -- a script knows which method it stands for
export type UnaryScript = (request: any, call: ServerUnaryCall<any, unknown>) => unknown;

/** What a test lets a stream do: write, end, or throw (a ServiceError for a status). It is not ended for the script. */
export type StreamScript = (call: ServerWritableStream<StreamTaskLogsRequest, unknown>) => void | Promise<void>;

/** A connection is cut behind a message that contains this, as a crash or a proxy cuts it: without a word. */
const CUT = '#cut';

/** A real server whose methods are scripts. */
export interface ScriptedServer {
  readonly url: string;
  /** Number of TCP connections that were ever accepted. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a server on a free port of the loopback interface. Methods without a script answer UNIMPLEMENTED. */
export async function startScriptedServer(scripts: {
  unary?: Readonly<Record<string, UnaryScript>>;
  stream?: Readonly<Record<string, StreamScript>>;
}): Promise<ScriptedServer> {
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const relay = await startRelay();
  for (const service of [TaskServiceService, VolumeServiceService, SystemServiceService]) {
    const implementation: UntypedServiceImplementation = {};
    for (const name of Object.keys(service)) {
      implementation[name] = implementMethod(scripts.unary?.[name], scripts.stream?.[name]);
    }
    server.addService(service, implementation);
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  relay.upstreamPort = port;
  return {
    url: `http://127.0.0.1:${relay.port}`,
    connections: () => relay.accepted,
    close: async () => {
      server.forceShutdown();
      await relay.close();
    },
  };
}

function implementMethod(unary: UnaryScript | undefined, stream: StreamScript | undefined): UntypedHandleCall {
  if (stream !== undefined) {
    const streamHandler: handleServerStreamingCall<StreamTaskLogsRequest, unknown> = (call) => {
      Promise.resolve()
        .then(() => stream(call))
        .catch((error: unknown) => call.emit('error', error));
    };
    return streamHandler;
  }
  const unaryHandler: handleUnaryCall<unknown, unknown> = (call, callback) => {
    Promise.resolve()
      .then(() => {
        if (unary === undefined) throw grpcError(status.UNIMPLEMENTED, 'not scripted');
        return unary(call.request, call);
      })
      .then((response) => callback(null, response))
      .catch((error: ServiceError) => callback(error));
  };
  return unaryHandler;
}

interface Relay {
  readonly port: number;
  readonly accepted: number;
  upstreamPort: number;
  close(): Promise<void>;
}

/** Stands between client and server, so that connections can be cut without either of them being asked. */
async function startRelay(): Promise<Relay> {
  const open = new Set<Socket>();
  const relay = { accepted: 0, upstreamPort: 0 };
  const listener = createServer((near) => {
    relay.accepted++;
    const far = connect(relay.upstreamPort, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far);
    let seen = '';
    far.on('data', (bytes: Buffer) => {
      if (!near.write(bytes)) {
        far.pause();
        near.once('drain', () => far.resume());
      }
      seen = seen.slice(-CUT.length) + bytes.toString('latin1');
      // The end comes behind the data, so the client has the whole message when it notices.
      if (seen.includes(CUT)) near.destroySoon();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return Object.assign(relay, {
    port: address.port,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  });
}

/** An error that a script throws to answer with a status, with details if there are any. */
export function grpcError(
  code: status,
  message: string,
  details: {
    violations?: readonly { field: string; description: string }[];
    reason?: string;
    metadata?: Record<string, string>;
  } = {},
): ServiceError {
  const metadata = new Metadata();
  const packed: Any[] = [];
  if (details.reason !== undefined) {
    const info = ErrorInfo.fromPartial({
      reason: details.reason,
      domain: 'k8s-cli',
      metadata: details.metadata ?? { task_id: 'abc12345' },
    });
    packed.push(pack('google.rpc.ErrorInfo', ErrorInfo.encode(info).finish()));
  }
  if (details.violations !== undefined) {
    const bad = BadRequest.fromPartial({ fieldViolations: [...details.violations] });
    packed.push(pack('google.rpc.BadRequest', BadRequest.encode(bad).finish()));
  }
  if (packed.length > 0) {
    const bytes = Status.encode({ code, message, details: packed }).finish();
    metadata.set('grpc-status-details-bin', Buffer.from(bytes));
  }
  return Object.assign(new Error(message), { code, details: message, metadata });
}

function pack(type: string, value: Uint8Array): Any {
  return Any.fromPartial({ typeUrl: `type.googleapis.com/${type}`, value: Buffer.from(value) });
}

/** A task with the given fields. */
export function task(fields: Parameters<typeof TaskStatus.fromPartial>[0] = {}): TaskStatus {
  return TaskStatus.fromPartial({
    taskId: 'abc12345',
    name: 'train',
    status: 'completed',
    state: TaskState.COMPLETED,
    username: 'alice',
    createdAt: { seconds: 1_700_000_000n, nanos: 0 },
    metadata: { jobName: 'train-abc12345', namespace: 'default', numNodes: 1, nodeJobs: ['train-abc12345'] },
    ...fields,
  });
}

/** A log message with whole lines of one node. */
export function lines(node: number, texts: readonly string[], resumeToken: string): StreamTaskLogsResponse {
  return StreamTaskLogsResponse.fromPartial({
    entries: texts.map((text) => TaskLogEntry.fromPartial({ node, text, newline: true })),
    resumeToken,
  });
}

/** The last message of a complete log. */
export function summary(
  of: TaskStatus,
  nodes: { node: number; incompleteReason?: string }[] = [],
): StreamTaskLogsResponse {
  return StreamTaskLogsResponse.fromPartial({ summary: LogSummary.fromPartial({ task: of, nodes }) });
}

/** A stream script that plays one list of messages for each connection, then ends the stream if the last is a summary. */
export function playLogs(
  attempts: readonly (readonly StreamTaskLogsResponse[])[],
  requests: StreamTaskLogsRequest[] = [],
): StreamScript {
  return (call) => {
    const messages = attempts[requests.push(call.request) - 1] ?? [];
    for (const message of messages) call.write(message);
    if (messages.at(-1)?.summary) call.end();
  };
}
