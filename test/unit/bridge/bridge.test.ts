import { expect } from 'chai';
import { createBridge } from '../../../bridge/bridge.js';
import { Metadata } from '../../../bridge/metadata.js';
import { Code, StatusError } from '../../../bridge/status.js';
import { serveTasks, type TaskHandlers } from './support.js';
import { protoMetadata, TaskServiceService } from '../../../gen/k8scli/v1/task_service.js';
import type { TaskStatus } from '../../../gen/k8scli/v1/task.js';

const handlers: TaskHandlers = {
  async getTask(request) {
    if (request.taskId === 'missing') throw new StatusError(Code.NOT_FOUND, 'no such task');
    if (request.taskId === 'broken') throw new Error('secret');
    return { taskId: request.taskId, name: 'a<b>', createdAt: { seconds: 1n, nanos: 5_000_000 } };
  },
  async listTasks(request, context) {
    context.sendHeader(Metadata.of({ page: [`${request.pageSize}`, 'x'] }));
    context.setTrailer(Metadata.of({ cost: '7' }));
    return { tasks: [], nextPageToken: `${request.allUsers}/${request.status}` };
  },
  async submitTask(request, context) {
    if (context.metadata.get('x-user') === undefined) throw new StatusError(Code.UNAUTHENTICATED, 'who are\nyou');
    const { task, taskYaml, requestId, validateOnly } = request;
    return { message: JSON.stringify({ run: task?.run, nodes: task?.numNodes, taskYaml, requestId, validateOnly }) };
  },
  async stopTask(request) {
    return { taskId: request.taskId, message: request.reason };
  },
};

describe('createBridge', () => {
  it('answers a GET with proto names, in the order of declaration, and null for unset messages', async () => {
    const { url } = await serveTasks(handlers);
    const response = await fetch(`${url}/tasks/abc12345`);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('application/json');
    const body = (await response.json()) as TaskStatus;
    expect(Object.keys(body).slice(0, 5)).to.deep.equal(['task_id', 'name', 'status', 'created_at', 'updated_at']);
    expect(body).to.include({
      task_id: 'abc12345',
      name: 'a<b>',
      created_at: '1970-01-01T00:00:01.005Z',
      updated_at: null,
    });
  });

  it('reads typed query parameters and sends metadata as headers', async () => {
    const { url } = await serveTasks(handlers);
    const response = await fetch(`${url}/tasks?all_users=true&pageSize=5&status=running&unknown=1`);
    expect(await response.json()).to.deep.equal({ tasks: [], next_page_token: 'true/running' });
    expect(response.headers.get('grpc-metadata-page')).to.equal('5, x');
  });

  it('reads the body as a field, the query as the rest, and metadata through the header matcher', async () => {
    const { url } = await serveTasks(handlers);
    const response = await fetch(`${url}/tasks/submit?request_id=r1&validate_only=true&task.run=no`, {
      method: 'POST',
      headers: { 'x-user': 'ada' },
      body: '{"run":"true","num_nodes":2}',
    });
    const { message } = (await response.json()) as { message: string };
    expect(JSON.parse(message)).to.deep.equal({
      run: 'true',
      nodes: 2,
      taskYaml: '',
      requestId: 'r1',
      validateOnly: true,
    });
  });

  it('reads a body of a registered type with its decoder', async () => {
    const { url } = await serveTasks(handlers);
    const response = await fetch(`${url}/tasks/submit?request_id=r1`, {
      method: 'POST',
      headers: { 'x-user': 'ada', 'content-type': 'application/yaml; charset=utf-8' },
      body: 'run: true',
    });
    const { message } = (await response.json()) as { message: string };
    expect(JSON.parse(message)).to.deep.equal({ taskYaml: 'run: true', requestId: 'r1', validateOnly: false });
  });

  it('lets a body of * be empty and the path win over it', async () => {
    const { url } = await serveTasks(handlers);
    const empty = await fetch(`${url}/tasks/a/stop?reason=query`, { method: 'POST' });
    expect(await empty.json()).to.deep.equal({ task_id: 'a', status: '', message: '' });
    const full = await fetch(`${url}/tasks/a/stop`, { method: 'POST', body: '{"reason":"r","taskId":"b"}' });
    expect(await full.json()).to.deep.equal({ task_id: 'a', status: '', message: 'r' });
  });

  for (const [what, method, path, body, status, code, message] of [
    ['a status', 'GET', '/tasks/missing', undefined, 404, 5, 'no such task'],
    ['anything else that a handler throws', 'GET', '/tasks/broken', undefined, 500, 13, 'internal error'],
    ['an unknown path', 'GET', '/nope', undefined, 404, 5, 'Not Found'],
    ['a trailing slash', 'GET', '/tasks/a/b', undefined, 404, 5, 'Not Found'],
    ['a path of another method', 'PUT', '/tasks/submit', '{}', 501, 12, 'Method Not Allowed'],
    ['DELETE of a GET route', 'DELETE', '/tasks', undefined, 501, 12, 'Method Not Allowed'],
    ['malformed JSON', 'POST', '/tasks/submit', '{', 400, 3, 'unexpected EOF'],
    [
      'an unknown field, with a suggestion',
      'POST',
      '/tasks/submit',
      '{"num_node":1}',
      400,
      3,
      'proto: (line 1:2): unknown field "num_node", did you mean "num_nodes"?',
    ],
    [
      'a value of the wrong type',
      'POST',
      '/tasks/submit',
      '{"num_nodes":"two"}',
      400,
      3,
      'proto: (line 1:14): invalid value for int32 field numNodes: "two"',
    ],
    [
      'a bad query parameter',
      'GET',
      '/tasks?page_size=x',
      undefined,
      400,
      3,
      'parsing field "page_size": strconv.ParseInt: parsing "x": invalid syntax',
    ],
    ['a bad escape in the query', 'GET', '/tasks?status=%zz', undefined, 400, 3, 'invalid URL escape "%zz"'],
  ] as const) {
    it(`answers ${status} for ${what}`, async () => {
      const { url } = await serveTasks(handlers);
      const response = await fetch(url + path, { method, ...(body === undefined ? {} : { body }) });
      expect(response.status).to.equal(status);
      expect(await response.json()).to.deep.equal({ code, message, details: [] });
    });
  }

  it('answers 401 with the message as a challenge on one line', async () => {
    const { url } = await serveTasks(handlers);
    const response = await fetch(`${url}/tasks/submit`, { method: 'POST', body: '{}' });
    expect(response.status).to.equal(401);
    expect(response.headers.get('www-authenticate')).to.equal('who are you');
  });

  describe('with a form', () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

    it('stands for a GET where there is no POST, its fields before those of the query', async () => {
      const { url } = await serveTasks(handlers);
      const body = 'page_size=7&all_users=true';
      const response = await fetch(`${url}/tasks?status=x`, { method: 'POST', headers: form, body });
      expect(await response.json()).to.include({ next_page_token: 'true/x' });
      expect(response.headers.get('grpc-metadata-page')).to.equal('7, x');
    });

    it('may ask for another method', async () => {
      const { url } = await serveTasks(handlers);
      const headers = { ...form, 'x-http-method-override': 'get' };
      const response = await fetch(`${url}/tasks`, { method: 'POST', headers, body: 'status=y' });
      expect(await response.json()).to.include({ next_page_token: 'false/y' });
    });

    it('is answered without a body when it asks for HEAD', async () => {
      const served = await serveTasks(handlers);
      const head = 'POST /tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-HTTP-Method-Override: head\r\n';
      const answer = await served.request(
        `${head}Content-Type: ${form['content-type']}\r\nContent-Length: 3\r\n\r\na=b`,
      );
      expect(answer).to.match(/^HTTP\/1.1 501 [^]*\r\n\r\n$/);
    });

    it('is JSON to a route that has a body', async () => {
      const { url } = await serveTasks(handlers);
      const response = await fetch(`${url}/tasks/a/stop`, { method: 'POST', headers: form, body: 'reason=x' });
      expect(await response.json()).to.include({ message: "invalid character 'r' looking for beginning of value" });
    });

    it('has to be well formed', async () => {
      const { url } = await serveTasks(handlers);
      const response = await fetch(`${url}/tasks`, { method: 'POST', headers: form, body: 'a=%zz' });
      expect(response.status).to.equal(400);
    });
  });

  it('says so when it cannot show an error detail', async () => {
    const details = [{ typeUrl: 'x/no.Such', value: Buffer.alloc(1) }];
    const { url } = await serveTasks({
      async getTask() {
        throw new StatusError(Code.NOT_FOUND, 'gone', details);
      },
    });
    const response = await fetch(`${url}/tasks/a`);
    expect(response.status).to.equal(500);
    expect(await response.json()).to.deep.equal({ code: 13, message: 'failed to marshal error message' });
  });

  it('reports what is no status, and what has no JSON', async () => {
    const reported: string[] = [];
    const onError = (error: unknown, method: string): void => void reported.push(`${method} ${String(error)}`);
    const { url } = await serveTasks(
      {
        async getTask({ taskId }) {
          if (taskId === 'time') return { createdAt: { seconds: 1n << 60n, nanos: 0 } };
          throw new Error('secret');
        },
      },
      { onError },
    );
    await fetch(`${url}/tasks/a`);
    expect(reported).to.deep.equal(['/k8scli.v1.TaskService/GetTask Error: secret']);
    const response = await fetch(`${url}/tasks/time`);
    expect(response.status).to.equal(500);
    expect(await response.json()).to.include({
      code: 2,
      message: `proto: google.protobuf.Timestamp: seconds out of range ${1n << 60n}`,
    });
  });

  it('refuses a body above the limit without keeping it', async () => {
    const { url } = await serveTasks(handlers, { maxBodyBytes: 1000 });
    const response = await fetch(`${url}/tasks/submit`, { method: 'POST', body: 'x'.repeat(2_000_000) });
    expect(response.status).to.equal(429);
    expect(await response.json()).to.include({
      code: 8,
      message: 'grpc: received message larger than max (2000000 vs. 1000)',
    });
  });

  it('answers a malformed escape in the path as a web server', async () => {
    const server = await serveTasks(handlers);
    const response = await server.request('GET /tasks/%zz HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(response)
      .to.match(/^HTTP\/1.1 400 /)
      .and.to.match(/\r\n\r\n400 Bad Request$/);
  });

  it('names what is wrong at start-up', () => {
    const service = {
      definition: TaskServiceService,
      metadata: protoMetadata,
      name: 'k8scli.v1.TaskService',
      handlers: {},
    };
    expect(() => createBridge({ services: [service] })).to.throw('No handler for /k8scli.v1.TaskService/SubmitTask.');
  });
});
