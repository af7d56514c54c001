import { connect, type Socket } from 'node:net';
import { request as httpRequest } from 'node:http';
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { ListTasksRequest, StreamTaskLogsRequest, TaskServiceClient } from '../../gen/k8scli/v1/task_service.js';
import { createGrpcServer, type GrpcServer } from '../../server/transport/grpc/server.js';
import type { HttpServer } from '../../bridge/http/server.js';
import { createHttpServer } from '../../server/transport/http/server.js';
import { type OpenPort, openPort } from '../../server/transport/port.js';
import { createServices } from '../../server/transport/services.js';
import { eventually } from '../support/server/eventually.js';
import { FakeDomain } from '../support/server/fake-domain.js';
import { endedNode, runningNode, view } from '../support/server/views.js';

describe('one port for gRPC and REST', () => {
  let domain: FakeDomain;
  let stopping: AbortController;
  let grpc: GrpcServer;
  let http: HttpServer;
  let port: OpenPort;
  let client: TaskServiceClient;
  const ann = new Metadata();
  ann.set('x-user', 'ann');

  beforeEach(async () => {
    domain = new FakeDomain();
    domain.show(view([endedNode(0, 0)]));
    domain.log('pod-0').write({
      kind: 'lines',
      pieces: [{ timeNs: 1n, bytes: Buffer.from('hello'), partial: false, newline: true }],
      position: { pod: 'pod-0', timeNs: 1n, count: 1, bytes: 0 },
    });
    stopping = new AbortController();
    const services = createServices(domain, '1.2.3', { stopping: stopping.signal, report: () => {}, token: undefined });
    grpc = createGrpcServer(services);
    http = createHttpServer(services, {
      loopback: true,
      corsOrigins: [],
      report: (error) => {
        throw error;
      },
    });
    port = await openPort('127.0.0.1', 0, { grpc: grpc.accept, http: http.accept });
    client = new TaskServiceClient(`127.0.0.1:${port.address.port}`, credentials.createInsecure());
  });
  afterEach(async () => {
    client.close();
    stopping.abort();
    port.close();
    domain.log('pod-0').end();
    await Promise.all([grpc.stop(1000), http.stop(1000)]);
  });

  interface Answer {
    readonly code: number;
    readonly text: string;
  }

  function get(path: string, headers: Record<string, string> = { 'x-user': 'ann' }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: port.address.port, path, headers, agent: false },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ code: response.statusCode ?? 0, text }));
        },
      );
      request.on('error', reject).end();
    });
  }

  const listed = (metadata: Metadata): Promise<string[]> =>
    new Promise((resolve, reject) => {
      client.listTasks(ListTasksRequest.fromPartial({}), metadata, (error, response) => {
        if (error) reject(error);
        else resolve(response.tasks.map(({ taskId }) => taskId));
      });
    });

  it('answers both alike', async () => {
    expect(await listed(ann)).to.deep.equal(['abc12345']);
    const { code, text } = await get('/tasks');
    expect(code).to.equal(200);
    expect(JSON.parse(text)).to.have.nested.property('tasks[0].task_id', 'abc12345');
  });

  it('refuses both alike without a user', async () => {
    const error = await listed(new Metadata()).catch((thrown: unknown) => thrown as ServiceError);
    expect(error).to.include({ code: status.UNAUTHENTICATED });
    const { code, text } = await get('/tasks', {});
    expect(code).to.equal(401);
    expect(JSON.parse(text)).to.include({ code: 16 });
  });

  it('tells who it is to anybody', async () => {
    expect(JSON.parse((await get('/', {})).text)).to.deep.equal({
      status: 'ok',
      service: 'k8s-cli-api',
      version: '1.2.3',
    });
  });

  it('refuses what a web page of somebody else sends', async () => {
    const { code, text } = await get('/tasks', { 'x-user': 'ann', origin: 'https://evil.example' });
    expect(code).to.equal(403);
    expect(JSON.parse(text)).to.include({ code: 7 });
    expect((await get('/tasks', { 'x-user': 'ann', host: 'evil.example' })).code).to.equal(403);
  });

  it('streams a log as text, and ends it', async () => {
    domain.log('pod-0').end();
    expect(await get('/tasks/abc12345/logs')).to.deep.equal({ code: 200, text: 'hello\n' });
  });

  it('ends streams with UNAVAILABLE when the server stops, and lets nothing new in', async () => {
    domain.show(view([runningNode(0)]));
    const stream = client.streamTaskLogs(StreamTaskLogsRequest.fromPartial({ taskId: 'abc12345' }), ann);
    const failed = new Promise<ServiceError>((resolve) =>
      stream.once('error', (error) => resolve(error as ServiceError)),
    );
    await new Promise((resolve) => stream.once('data', resolve));
    stopping.abort();
    expect(await failed).to.include({ code: status.UNAVAILABLE });
    port.close();
    await Promise.all([grpc.stop(2000), http.stop(2000)]);
    expect((await listed(ann).catch((error: unknown) => error as ServiceError)) as ServiceError).to.include({
      code: status.UNAVAILABLE,
    });
  });

  it('closes everything behind a caller who goes away, over gRPC and over HTTP', async () => {
    domain.show(view([runningNode(0)]));
    const stream = client.streamTaskLogs(StreamTaskLogsRequest.fromPartial({ taskId: 'abc12345' }), ann);
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('data', resolve));
    const socket: Socket = connect(port.address.port, '127.0.0.1');
    socket.write('GET /tasks/abc12345/logs HTTP/1.1\r\nHost: localhost\r\nX-User: ann\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    await eventually(() => domain.listeners('abc12345') === 2);
    stream.cancel();
    socket.destroy();
    await eventually(() => domain.listeners('abc12345') === 0 && domain.clock.sleeping === 0);
  });
});
