import { expect } from 'chai';
import * as fc from 'fast-check';
import { decodeText, parseFirst } from '../../../../bridge/json/parse.js';
import { JsonReader, type ReaderOptions } from '../../../../bridge/json/reader.js';
import { JsonWriter } from '../../../../bridge/json/writer.js';
import type { MarshalOptions } from '../../../../bridge/marshaler.js';
import { Schema, type Value } from '../../../../bridge/schema.js';
import { Status, protoMetadata as status } from '../../../../gen/google/rpc/status.js';
import { BadRequest, ErrorInfo, protoMetadata as details } from '../../../../gen/google/rpc/error_details.js';
import { TaskSpec, TaskStatus } from '../../../../gen/k8scli/v1/task.js';
import { protoMetadata, StreamTaskLogsResponse } from '../../../../gen/k8scli/v1/task_service.js';
import { protoMetadata as http } from '../../../../gen/google/api/http.js';

const schema = new Schema([protoMetadata, status, details, http]);

function write(type: string, message: Value, options: MarshalOptions = {}): string {
  return new JsonWriter(schema, options).message(schema.message(type))(message);
}

function read(type: string, text: string, options: ReaderOptions = {}): Value {
  const reader = new JsonReader(schema, options);
  return parseFirst(decodeText(Buffer.from(text)), 0, reader.message(schema.message(type)))?.value;
}

const seconds = fc.bigInt({ min: -62135596800n, max: 253402300799n });
const time = fc.option(fc.record({ seconds, nanos: fc.integer({ min: 0, max: 999_999_999 }) }), { nil: undefined });
// Once through JSON, because fast-check makes minus zeros and null prototypes.
const json = fc.jsonValue({ stringUnit: 'grapheme' }).map((value): unknown => JSON.parse(JSON.stringify(value)));
const text = fc.string({ unit: 'binary' });
const name = text.filter((one) => one !== '__proto__');

const taskSpec = fc.record({
  name: text,
  numNodes: fc.option(fc.integer({ min: -0x80000000, max: 0x7fffffff }), { nil: undefined }),
  workdir: text,
  resources: fc.option(
    fc.record({
      cpus: text,
      memory: text,
      accelerators: text,
      imageId: text,
      instanceType: json,
      useSpot: json,
      diskSize: json,
      ports: json,
    }),
    { nil: undefined },
  ),
  envs: fc.dictionary(name, text, { noNullPrototype: true }),
  volumes: fc.dictionary(name, text, { noNullPrototype: true }),
  secrets: fc.dictionary(name, text, { noNullPrototype: true }),
  setup: text,
  run: text,
  timeout: text,
  failFast: fc.option(fc.boolean(), { nil: undefined }),
});

describe('ProtoJSON', () => {
  it('writes a message of an immutable type once, also within others', () => {
    const task = TaskStatus.fromPartial({ taskId: 'abcd1234', name: '\u{1f680}' });
    const writer = new JsonWriter(schema, { immutable: new Set(['k8scli.v1.TaskStatus']) });
    const [alone, listed] = ['TaskStatus', 'ListTasksResponse'].map((type) =>
      writer.message(schema.message(`k8scli.v1.${type}`)),
    );
    const before = alone?.(task);
    expect(before).to.equal(write('k8scli.v1.TaskStatus', task));
    task.name = 'changed all the same';
    expect(listed?.({ tasks: [task], nextPageToken: '' })).to.equal(`{"tasks":[${before}]}`);
    const next = { ...task };
    expect(listed?.({ tasks: [next], nextPageToken: '' })).to.include('changed all the same');
  });

  for (const options of [{}, { useProtoNames: true, emitUnpopulated: true }, { emitUnpopulated: true }]) {
    it(`reads back what it writes (${JSON.stringify(options)})`, () => {
      fc.assert(
        fc.property(taskSpec, (message) => {
          expect(read('k8scli.v1.TaskSpec', write('k8scli.v1.TaskSpec', message, options))).to.deep.equal(message);
        }),
        { numRuns: 300 },
      );
    });
  }

  it('makes the same message of text as the wire does', () => {
    fc.assert(
      fc.property(taskSpec, (message) => {
        const fromJson = read('k8scli.v1.TaskSpec', write('k8scli.v1.TaskSpec', message));
        expect(TaskSpec.decode(TaskSpec.encode(fromJson).finish())).to.deep.equal(
          TaskSpec.decode(TaskSpec.encode(TaskSpec.fromPartial(message)).finish()),
        );
      }),
    );
  });

  it('reads back times, bytes, 64-bit integers and nested messages', () => {
    const entry = fc.record({
      node: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
      time,
      text,
      raw: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      partial: fc.boolean(),
      newline: fc.boolean(),
    });
    const nodes = fc.array(
      fc.record({
        node: fc.nat(),
        lines: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        incompleteReason: text,
      }),
    );
    fc.assert(
      fc.property(fc.array(entry), nodes, (entries, summaries) => {
        const message = StreamTaskLogsResponse.fromPartial({ entries, summary: { nodes: summaries } });
        const type = 'k8scli.v1.StreamTaskLogsResponse';
        expect(read(type, write(type, message))).to.deep.equal(message);
      }),
    );
  });

  it('leaves out what is unset, or writes it, in the order of declaration', () => {
    const message = TaskStatus.fromPartial({ taskId: 'a', state: 3, nodes: [{ exitCode: 0 }, {}] });
    expect(write('k8scli.v1.TaskStatus', message)).to.equal(
      '{"taskId":"a","state":"STOPPING","nodes":[{"exitCode":0},{}]}',
    );
    const full = JSON.parse(write('k8scli.v1.TaskStatus', message, { emitUnpopulated: true, useProtoNames: true }));
    expect(full).to.include({ name: '', created_at: null, state: 'STOPPING' });
    expect(Object.keys(full.nodes[0])).to.include('exit_code');
    expect(Object.keys(full.nodes[1])).to.include('started_at');
    expect(Object.keys(full.nodes[1])).to.not.include('exit_code');
    const defaults = JSON.parse(
      write('k8scli.v1.TaskStatus', message, { emitDefaultValues: true, useEnumNumbers: true }),
    );
    expect(defaults).to.include({ name: '', state: 3 });
    expect(defaults).to.not.have.property('createdAt');
  });

  it('writes unknown enum numbers as numbers', () => {
    expect(write('k8scli.v1.LogNotice', { node: 0, state: 99, message: '' })).to.equal('{"state":99}');
  });

  it('sorts the keys of maps by their bytes', () => {
    const message = TaskSpec.fromPartial({ envs: { '10': 'c', '9': 'b', '\uffff': 'y', '😀': 'z', A: 'a' } });
    expect(write('k8scli.v1.TaskSpec', message)).to.equal('{"envs":{"10":"c","9":"b","A":"a","\uffff":"y","😀":"z"}}');
  });

  it('keeps a key that JavaScript has a meaning for', () => {
    const envs = read('k8scli.v1.TaskSpec', '{"envs":{"__proto__":"x","constructor":"y"}}').envs;
    expect(Object.entries(envs)).to.deep.equal([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(write('k8scli.v1.TaskSpec', TaskSpec.create({ run: 'a' }))).to.equal('{"run":"a"}');
  });

  describe('of Any', () => {
    const any = {
      typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo',
      value: Buffer.from(ErrorInfo.encode(ErrorInfo.fromPartial({ reason: 'R', metadata: { a: 'b' } })).finish()),
    };
    const message = Status.fromPartial({ code: 5, details: [any] });
    const expected =
      '{"code":5,"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R","metadata":{"a":"b"}}]}';

    it('puts the type first and the fields beside it', () => {
      expect(write('google.rpc.Status', message)).to.equal(expected);
      expect(read('google.rpc.Status', expected)).to.deep.equal(message);
    });

    it('puts types with a form of their own under "value"', () => {
      const duration = '{"details":[{"@type":"x/google.protobuf.Duration","value":"1.500s"}]}';
      expect(write('google.rpc.Status', read('google.rpc.Status', duration))).to.equal(duration);
    });

    it('refuses a type that it does not know', () => {
      expect(() =>
        write('google.rpc.Status', Status.fromPartial({ details: [{ typeUrl: 'x/y.Z', value: Buffer.alloc(1) }] })),
      ).to.throw('unable to resolve "x/y.Z": not found');
      expect(() => read('google.rpc.Status', '{"details":[{"@type":"x/y.Z"}]}')).to.throw(
        'proto: (line 1:22): unable to resolve "x/y.Z": "not found"',
      );
    });

    it('is empty without a type, or refused', () => {
      expect(read('google.rpc.Status', '{"details":[{}]}').details).to.deep.equal([
        { typeUrl: '', value: Buffer.alloc(0) },
      ]);
      expect(() => read('google.rpc.Status', '{"details":[{"a":1}]}')).to.throw(
        'proto: (line 1:13): missing "@type" field',
      );
    });

    it('resolves nested details', () => {
      const value = Buffer.from(
        BadRequest.encode(BadRequest.fromPartial({ fieldViolations: [{ field: 'f' }] })).finish(),
      );
      const nested = Status.fromPartial({ details: [{ typeUrl: 'a/google.rpc.BadRequest', value }] });
      expect(write('google.rpc.Status', nested)).to.include('"fieldViolations":[{"field":"f"}]');
    });
  });

  it('reads and writes members of a oneof, and refuses two', () => {
    const rule = {
      pattern: { $case: 'post', value: '' },
      selector: '',
      body: '',
      responseBody: '',
      additionalBindings: [],
    };
    expect(write('google.api.HttpRule', rule)).to.equal('{"post":""}');
    expect(read('google.api.HttpRule', '{"post":"","get":null}')).to.deep.equal(rule);
    expect(() => read('google.api.HttpRule', '{"post":"","get":""}')).to.throw(
      'proto: (line 1:12): error parsing "get", oneof google.api.HttpRule.pattern is already set',
    );
  });

  for (const [input, field, value] of [
    ['"5"', 'numNodes', 5],
    ['5.0', 'numNodes', 5],
    ['50e-1', 'numNodes', 5],
    ['-0', 'numNodes', 0],
  ] as const) {
    it(`reads the integer ${input}`, () => {
      expect(read('k8scli.v1.TaskSpec', `{"${field}":${input}}`)[field]).to.equal(value);
    });
  }

  it('reads an integer above 2^53 exactly', () => {
    expect(read('k8scli.v1.NodeLogSummary', '{"lines":9007199254740993}').lines).to.equal(9007199254740993n);
  });

  for (const [input, message] of [
    ['null', 'proto: syntax error (line 1:1): unexpected token null'],
    ['[]', 'proto: syntax error (line 1:1): unexpected token ['],
    ['{"name":5}', 'proto: (line 1:9): invalid value for string field name: 5'],
    ['{"num_nodes":1.5}', 'proto: (line 1:14): invalid value for int32 field numNodes: 1.5'],
    ['{"num_nodes":2147483648}', 'proto: (line 1:14): invalid value for int32 field numNodes: 2147483648'],
    ['{\n  "zzz": 1}', 'proto: (line 2:3): unknown field "zzz"'],
    ['{"num_nodes":1,"numNodes":2}', 'proto: (line 1:16): duplicate field "numNodes"'],
    ['{"envs":{"a":"1","a":"2"}}', 'proto: (line 1:18): duplicate map key "a"'],
    ['{"envs":{"a":null}}', 'proto: (line 1:14): invalid value for string field value: null'],
    ['{"envs":[]}', 'proto: syntax error (line 1:9): unexpected token ['],
    ['{"name":"é","zzz":1}', 'proto: (line 1:13): unknown field "zzz"'],
    ['{"zzz":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"name":"\\ud800 lone"}', 'proto: syntax error (line 1:9): invalid escape code " lone\\"" in string'],
    [`{"resources":{"ports":${'['.repeat(3000)}`, 'unexpected EOF'],
  ] as const) {
    it(`refuses ${input.slice(0, 40)}`, () => {
      expect(() => read('k8scli.v1.TaskSpec', input))
        .to.throw(Error)
        .with.property('message', message);
    });
  }

  it('refuses bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const reader = new JsonReader(schema, {});
    expect(() => parseFirst(decodeText(bytes), 0, reader.message(schema.message('k8scli.v1.TaskSpec')))).to.throw(
      'proto: syntax error (line 1:9): invalid UTF-8 in string',
    );
  });

  it('passes over what is unknown when it may', () => {
    const message = read('k8scli.v1.LogNotice', '{"x":{"y":[1,{}]},"state":"NOPE","node":1}', { discardUnknown: true });
    expect(message).to.deep.equal({ node: 1, state: 0, message: '', waited: undefined, fix: '' });
  });

  it('reads the first value only, and nothing from blank text', () => {
    expect(read('k8scli.v1.TaskSpec', ' {"name":"a"} junk').name).to.equal('a');
    expect(read('k8scli.v1.TaskSpec', ' \n')).to.equal(undefined);
  });
});
