import { expect } from 'chai';
import { decodeText, parseFirst } from '../../../../bridge/json/parse.js';
import { JsonReader } from '../../../../bridge/json/reader.js';
import { emptyFieldBody, fieldBodyReader } from '../../../../bridge/request/field-body.js';
import { type Field, present, Schema, type Value } from '../../../../bridge/schema.js';
import { protoMetadata } from '../../../../gen/k8scli/v1/task_service.js';

const schema = new Schema([protoMetadata]);
const json = new JsonReader(schema, {});

function field(path: string): Field {
  const dot = path.lastIndexOf('.');
  return present(schema.message(`k8scli.v1.${path.slice(0, dot)}`).byName.get(path.slice(dot + 1)));
}

function read(path: string, body: string): Value {
  return parseFirst(decodeText(Buffer.from(body)), 0, fieldBodyReader(field(path), json))?.value;
}

describe('a body that is one field', () => {
  for (const [path, body, value] of [
    ['SubmitTaskRequest.task_yaml', '"a\\ud800"', 'a\ufffd'],
    ['SubmitTaskRequest.task_yaml', 'null', undefined],
    ['SubmitTaskRequest.validate_only', 'true', true],
    ['ListTasksRequest.page_size', '-5', -5],
    ['NodeLogSummary.lines', '9007199254740993', 9007199254740993n],
    ['TaskLogEntry.raw', '"AAE="', Buffer.from([0, 1])],
    ['TaskLogEntry.raw', '[0,255]', Buffer.from([0, 255])],
    ['LogNotice.state', '2', 2],
    ['StreamTaskLogsRequest.node', '[1,null,3]', [1, 0, 3]],
    ['SubmitTaskResponse.warnings', '["a",null]', ['a', '']],
    ['TaskSpec.envs', '{"a":"b","c":null}', { a: 'b', c: '' }],
    ['StreamTaskLogsRequest.since', '"1.5s"', { seconds: 1n, nanos: 500_000_000 }],
    ['Resources.ports', 'null', null],
  ] as const) {
    it(`reads ${path} from ${body}`, () => {
      expect(read(path, body)).to.deep.equal(value);
    });
  }

  for (const [path, body, message] of [
    ['SubmitTaskRequest.task_yaml', '5', 'json: cannot unmarshal number into Go value of type string'],
    ['SubmitTaskRequest.task_yaml', '"a', 'unexpected EOF'],
    ['NodeLogSummary.lines', '"5"', 'json: cannot unmarshal string into Go value of type int64'],
    ['ListTasksRequest.page_size', '1.5', 'json: cannot unmarshal number 1.5 into Go value of type int32'],
    ['ListTasksRequest.page_size', '{}', 'json: cannot unmarshal object into Go value of type int32'],
    ['SubmitTaskRequest.validate_only', '[]', 'json: cannot unmarshal array into Go value of type bool'],
    ['TaskLogEntry.raw', '"AA"', 'illegal base64 data at input byte 0'],
    ['LogNotice.state', '2.5e9', '2.5e+09 is not a valid value for enum v1.TaskState'],
    ['LogNotice.state', '"RUNNING"', 'unmarshaling of symbolic enum "RUNNING" not supported: v1.TaskState'],
    ['LogNotice.state', 'null', 'cannot assign <nil> into Go type v1.TaskState'],
    ['StreamTaskLogsRequest.node', '5', 'json: cannot unmarshal number into Go value of type []json.RawMessage'],
    ['StreamTaskLogsResponse.entries', '[{},{"zzz":1}]', 'proto: (line 1:2): unknown field "zzz"'],
    ['TaskSpec.envs', '{"a":"1","a":"2"}', 'duplicate map key "a"'],
    ['SubmitTaskRequest.task', '5', 'proto: syntax error (line 1:1): unexpected token 5'],
  ] as const) {
    it(`refuses ${body} for ${path}`, () => {
      expect(() => read(path, body))
        .to.throw(Error)
        .with.property('message', message);
    });
  }

  it('that is empty makes an empty message, and nothing else', () => {
    expect(emptyFieldBody(field('StreamTaskLogsRequest.since'))).to.deep.equal({ seconds: 0n, nanos: 0 });
    expect(emptyFieldBody(field('StreamTaskLogsRequest.node'))).to.equal(undefined);
    expect(emptyFieldBody(field('SubmitTaskRequest.task_yaml'))).to.equal(undefined);
  });
});
