import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { Metadata, credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { StreamTaskLogsRequest, StreamTaskLogsResponse, TaskServiceClient } from '../../gen/k8scli/v1/task_service.js';
import type { LogEvent } from '../../server/domain/ports.js';
import { createGrpcServer } from '../../server/transport/grpc/server.js';
import { createHttpServer } from '../../server/transport/http/server.js';
import { openPort } from '../../server/transport/port.js';
import { createServices } from '../../server/transport/services.js';
import { eventually } from '../support/server/eventually.js';
import { FakeDomain } from '../support/server/fake-domain.js';
import { runningNode, view } from '../support/server/views.js';

/** The client itself reads sixteen ahead. The server's stream would take as many again. */
const MOST_AHEAD = 20;

describe('a reader over gRPC that takes nothing', () => {
  it('has the server make only few messages ahead, and all of them when it reads on', async () => {
    const total = 100;
    let made = 0;
    async function* streamTaskLogs(): AsyncGenerator<StreamTaskLogsResponse, void, undefined> {
      for (; made < total; made += 1) {
        yield StreamTaskLogsResponse.fromPartial({ resumeToken: 'x'.repeat(64 * 1024) });
      }
    }
    const stopping = new AbortController();
    const options = { stopping: stopping.signal, report: () => {}, token: undefined };
    const services = createServices(new FakeDomain(), '1.2.3', options).map((service) =>
      service.name === 'k8scli.v1.TaskService'
        ? { ...service, handlers: { ...service.handlers, streamTaskLogs } }
        : service,
    );
    const grpc = createGrpcServer(services);
    const port = await openPort('127.0.0.1', 0, { grpc: grpc.accept, http: (connection) => connection.destroy() });
    const { port: number } = port.address;
    const client = new TaskServiceClient(`127.0.0.1:${number}`, credentials.createInsecure());
    try {
      const user = new Metadata();
      user.set('x-user', 'ann');
      const stream = client.streamTaskLogs(StreamTaskLogsRequest.fromPartial({ taskId: 'abc12345' }), user);
      await new Promise((resolve) => stream.once('readable', resolve));
      // Whatever is under way by now has come to rest when other connections were served so often.
      for (let turn = 0; turn < 50; turn += 1) await connectOnce(number);
      expect(made).to.be.within(1, MOST_AHEAD);
      let read = 0;
      for await (const _ of stream) read += 1;
      expect(read).to.equal(total);
    } finally {
      client.close();
      port.close();
      await grpc.stop(1000);
    }
  });
});

const LINE = Buffer.alloc(100, 'x');
const LINES_OF_BATCH = 160;
/**
 * HTTP/2 lets 64 KiB through to a client that reads nothing, and its stream takes up to 64 KiB more, by the version of Node: seven
 * messages. One more is on its way, one waits, and one is being made.
 */
const MOST_BATCHES = 10;

/** A task whose log never ends. */
class EndlessLog extends FakeDomain {
  /** All that was read of it. */
  readonly batches: (LogEvent & { readonly kind: 'lines' })[] = [];

  override readonly logs = { read: () => this.#read() };

  async *#read(): AsyncGenerator<LogEvent, void, undefined> {
    for (let timeNs = 1n; ; timeNs += 1n) {
      const line = { timeNs, bytes: LINE, partial: false, newline: true };
      const pieces = Array.from({ length: LINES_OF_BATCH }, () => line);
      const position = { pod: 'pod-0', timeNs, count: LINES_OF_BATCH, bytes: 0 };
      this.batches.push({ kind: 'lines', pieces, position });
      yield this.batches.at(-1) as LogEvent;
    }
  }
}

describe('a reader of a log that takes nothing', () => {
  let domain: EndlessLog;
  let stop: () => Promise<void>;
  let port: number;
  let takeRest: (connection: Socket) => void;

  beforeEach(async () => {
    domain = new EndlessLog();
    domain.show(view([runningNode(0)]));
    const stopping = new AbortController();
    const report = (error: unknown): void => {
      throw error;
    };
    const services = createServices(domain, '1.2.3', { stopping: stopping.signal, report, token: undefined });
    const grpc = createGrpcServer(services);
    const http = createHttpServer(services, { loopback: true, corsOrigins: [], report });
    const open = await openPort('127.0.0.1', 0, { grpc: grpc.accept, http: http.accept });
    port = open.address.port;
    takeRest = http.accept;
    stop = async () => {
      stopping.abort();
      open.close();
      await Promise.all([grpc.stop(0), http.stop(0)]);
    };
  });
  afterEach(() => stop());

  async function expectLittleIsHeld(): Promise<void> {
    await eventually(() => domain.batches.length > 0);
    // As above.
    for (let turn = 0; turn < 50; turn += 1) await connectOnce(port);
    expect(domain.batches).to.have.length.within(1, MOST_BATCHES);
    expect(domain.batches.map(({ pieces }) => pieces.length)).to.deep.equal(domain.batches.map(() => 0));
  }

  for (const path of ['logs', 'logs/stream']) {
    it(`has the server read little ahead, and keep of it what is written only, over REST at ${path}`, async () => {
      // The buffers of the system would take megabytes.
      const connection = new Duplex({ read: () => {}, write: () => {} });
      connection.push(`GET /tasks/abc12345/${path} HTTP/1.1\r\nHost: localhost\r\nX-User: ann\r\n\r\n`);
      takeRest(connection as Socket);
      await expectLittleIsHeld();
      connection.destroy();
    });
  }

  it('has the server read little ahead, and keep of it what is written only, over gRPC', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    try {
      const message = StreamTaskLogsRequest.encode(StreamTaskLogsRequest.fromPartial({ taskId: 'abc12345' })).finish();
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(message.length, 1);
      const stream = session.request({
        ':method': 'POST',
        ':path': '/k8scli.v1.TaskService/StreamTaskLogs',
        'content-type': 'application/grpc',
        te: 'trailers',
        'x-user': 'ann',
      });
      stream.end(Buffer.concat([prefix, message]));
      await new Promise((resolve) => stream.once('readable', resolve));
      await expectLittleIsHeld();
    } finally {
      session.destroy();
    }
  });
});

function connectOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end());
    socket.on('error', reject).on('close', () => resolve());
  });
}
