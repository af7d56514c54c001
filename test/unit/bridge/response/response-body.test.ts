import { expect } from 'chai';
import { JsonWriter } from '../../../../bridge/json/writer.js';
import type { MarshalOptions } from '../../../../bridge/marshaler.js';
import { bodyWriter } from '../../../../bridge/response/response-body.js';
import { compileRoutes } from '../../../../bridge/routes.js';
import { Schema } from '../../../../bridge/schema.js';
import type { HttpRule } from '../../../../gen/google/api/http.js';
import { NodeStatus, TaskMetadata, TaskStatus } from '../../../../gen/k8scli/v1/task.js';
import { protoMetadata, TaskServiceService } from '../../../../gen/k8scli/v1/task_service.js';

/** JSON of GetTask's answer when one field of it is the body. */
function write(responseBody: string, message: object, marshal: MarshalOptions): string {
  const http: HttpRule = {
    selector: '',
    pattern: { $case: 'get', value: '/x' },
    body: '',
    responseBody,
    additionalBindings: [],
  };
  const metadata = { ...protoMetadata, options: { services: { TaskService: { methods: { GetTask: { http } } } } } };
  const schema = new Schema([metadata]);
  const handlers = { getTask: async () => ({}) };
  const service = { definition: TaskServiceService, metadata, name: 'k8scli.v1.TaskService', handlers };
  const [route] = compileRoutes([service], schema);
  if (!route) throw new Error('no route');
  return bodyWriter(route, new JsonWriter(schema, marshal), marshal)(TaskStatus.fromPartial(message));
}

const EMIT = { emitUnpopulated: true };

describe('a response body that is one field', () => {
  for (const [field, message, marshal, json] of [
    ['name', { name: '<a>' }, EMIT, '"\\u003ca\\u003e"'],
    ['state', { state: 2 }, EMIT, '"RUNNING"'],
    ['state', { state: 2 }, { useEnumNumbers: true }, '2'],
    ['created_at', {}, EMIT, '"1970-01-01T00:00:00Z"'],
    ['created_at', { createdAt: { seconds: 1n, nanos: 0 } }, EMIT, '"1970-01-01T00:00:01Z"'],
    ['nodes', {}, EMIT, '[]'],
    ['nodes', {}, {}, 'null'],
    ['nodes', { nodes: [NodeStatus.fromPartial({ index: 1, reason: '<' })] }, {}, '[{"index":1,"reason":"<"}]'],
    ['metadata', { metadata: TaskMetadata.fromPartial({ jobName: '<j>' }) }, {}, '{"jobName":"<j>"}'],
    ['metadata', {}, {}, '{}'],
  ] as const) {
    it(`writes ${field} of ${JSON.stringify(message, (_, one) => (typeof one === 'bigint' ? `${one}` : one))} with ${JSON.stringify(marshal)}`, () => {
      expect(write(field, message, marshal)).to.equal(json);
    });
  }

  it('has to exist', () => {
    expect(() => write('nope', {}, {})).to.throw('k8scli.v1.TaskStatus has no field "nope" for the response');
  });
});
