import { connect } from 'node:net';
import { Metadata, credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { StreamTaskLogsRequest, StreamTaskLogsResponse, TaskServiceClient } from '../../gen/k8scli/v1/task_service.js';
import { createGrpcServer } from '../../server/transport/grpc/server.js';
import { openPort } from '../../server/transport/port.js';
import { createServices } from '../../server/transport/services.js';
import { FakeDomain } from '../support/server/fake-domain.js';

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

function connectOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end());
    socket.on('error', reject).on('close', () => resolve());
  });
}
