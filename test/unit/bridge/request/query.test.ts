import { expect } from 'chai';
import { applyParameters, type Parameters, parseParameters } from '../../../../bridge/request/query.js';
import { type Message, Schema } from '../../../../bridge/schema.js';
import { StatusError } from '../../../../bridge/status.js';
import { protoMetadata as details } from '../../../../gen/google/rpc/error_details.js';
import { protoMetadata } from '../../../../gen/k8scli/v1/task_service.js';
import { protoMetadata as http } from '../../../../gen/google/api/http.js';

const schema = new Schema([protoMetadata, details, http]);

function apply(type: string, query: string, bound: readonly (readonly string[])[] = []): Message {
  const message = schema.message(type).create();
  const parameters: Parameters = new Map();
  parseParameters(query, parameters);
  applyParameters(schema.message(type), message, parameters, bound);
  return message;
}

const LOGS = 'k8scli.v1.StreamTaskLogsRequest';
const SUBMIT = 'k8scli.v1.SubmitTaskRequest';
const RULE = 'google.api.HttpRule';

describe('query parameters', () => {
  it('are typed by their fields, by either name', () => {
    expect(apply(LOGS, 'follow=F&tail=%2B5&since=1m30s&timestamps=1&node=2&node=3&resumeToken=a%20b+c')).to.deep.equal({
      taskId: '',
      follow: false,
      tail: 5,
      since: { seconds: 90n, nanos: 0 },
      timestamps: true,
      node: [2, 3],
      resumeToken: 'a b c',
    });
  });

  it('keep unset and zero apart where the field does', () => {
    expect(apply(LOGS, 'tail=0')).to.include({ tail: 0, follow: undefined });
  });

  it('reach into messages and maps', () => {
    const query = 'task.resources.cpus=2&task.envs[A]=1&task.envs%5BB%5D=2&task.resources.ports=[80]&task.zzz=1';
    const { task } = apply(SUBMIT, query);
    expect(task).to.deep.include({ envs: { A: '1', B: '2' } });
    expect(task.resources).to.deep.include({ cpus: '2', ports: [80] });
  });

  it('reach into well-known types', () => {
    expect(apply(LOGS, 'since.seconds=5&since.nanos=7').since).to.deep.equal({ seconds: 5n, nanos: 7 });
  });

  it('pass over what they do not know, and over what path and body have set', () => {
    expect(apply(SUBMIT, 'zzz=1&a.b[c]=2&&=&task.run=x&task_yaml=y', [['task']])).to.deep.equal(
      apply(SUBMIT, 'task_yaml=y'),
    );
    expect(apply(SUBMIT, 'task.run=x&task.setup=y', [['task', 'run']])['task']).to.include({ run: '', setup: 'y' });
  });

  for (const [type, query, message] of [
    [LOGS, 'tail=x', 'parsing field "tail": strconv.ParseInt: parsing "x": invalid syntax'],
    [LOGS, 'tail=2147483648', 'parsing field "tail": strconv.ParseInt: parsing "2147483648": value out of range'],
    [LOGS, 'tail=99999999999x', 'parsing field "tail": strconv.ParseInt: parsing "99999999999x": value out of range'],
    [LOGS, 'tail=2147483648x', 'parsing field "tail": strconv.ParseInt: parsing "2147483648x": invalid syntax'],
    [LOGS, 'tail=', 'parsing field "tail": strconv.ParseInt: parsing "": invalid syntax'],
    [LOGS, 'tail=1&tail=2', 'too many values for field "tail": 1, 2'],
    [LOGS, 'tail[0]=1', 'field "tail" is not a map'],
    [LOGS, 'node=1&node=x', 'parsing list "node": strconv.ParseInt: parsing "x": invalid syntax'],
    [LOGS, 'follow=yes', 'parsing field "follow": strconv.ParseBool: parsing "yes": invalid syntax'],
    [LOGS, 'since=10', 'parsing field "since": time: missing unit in duration "10"'],
    [LOGS, 'resume_token=a&resumeToken=b', 'duplicate field "resume_token"'],
    [LOGS, 'tail.x=1', 'invalid path: "tail" is not a message'],
    [LOGS, 'a=%zz', 'invalid URL escape "%zz"'],
    [LOGS, 'a=1;b=2', 'invalid semicolon separator in query'],
    [SUBMIT, 'task=x', 'parsing field "task": unsupported message type: "k8scli.v1.TaskSpec"'],
    [SUBMIT, 'task.envs=x', 'more than one value provided for key "x" in map "k8scli.v1.TaskSpec.envs"'],
    [
      SUBMIT,
      'task.envs[a]=1&task.envs[a]=2',
      'more than one value provided for key "a" in map "k8scli.v1.TaskSpec.envs"',
    ],
    [SUBMIT, 'task.resources.ports=x', 'parsing field "ports": proto: syntax error (line 1:1): invalid value x'],
    [RULE, 'get=/a&put=/b', 'field already set for oneof "pattern"'],
    ['k8scli.v1.LogNotice', 'state=nope', 'parsing field "state": "nope" is not a valid value'],
    ['k8scli.v1.TaskLogEntry', 'raw=!', 'parsing field "raw": illegal base64 data at input byte 0'],
  ] as const) {
    it(`refuse ${query}`, () => {
      expect(() => apply(type, query))
        .to.throw(StatusError)
        .and.include({ code: 3, message });
    });
  }
});
