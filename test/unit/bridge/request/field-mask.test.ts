import { expect } from 'chai';
import { maskFromBody } from '../../../../bridge/request/field-mask.js';
import { Schema } from '../../../../bridge/schema.js';
import { protoMetadata as status } from '../../../../gen/google/rpc/status.js';
import { protoMetadata } from '../../../../gen/k8scli/v1/task_service.js';

const schema = new Schema([protoMetadata, status]);

describe('maskFromBody', () => {
  for (const [type, body, paths] of [
    ['k8scli.v1.TaskSpec', '', []],
    ['k8scli.v1.TaskSpec', '{}', []],
    ['k8scli.v1.TaskSpec', '{"run":"a","name":null} junk', ['name', 'run']],
    ['k8scli.v1.TaskSpec', '{"numNodes":1,"envs":{"a":"b"}}', ['envs', 'num_nodes']],
    ['k8scli.v1.TaskSpec', '{"resources":{"imageId":"x","cpus":""}}', ['resources.cpus', 'resources.image_id']],
    ['k8scli.v1.TaskSpec', '{"resources":{}}', ['resources']],
    [
      'k8scli.v1.TaskSpec',
      '{"resources":{"ports":{"a":{"b":1},"c":[{}]}}}',
      ['resources.ports.a.b', 'resources.ports.c'],
    ],
    ['google.rpc.Status', '{"details":[{"@type":"x"}]}', ['details']],
  ] as const) {
    it(`names the leaves of ${body}`, () => {
      expect(maskFromBody(schema.message(type), body)).to.deep.equal(paths);
    });
  }

  it('refuses unknown fields, even where the message itself would not', () => {
    expect(() => maskFromBody(schema.message('k8scli.v1.TaskSpec'), '{"zzz":1}')).to.throw(
      'could not find field "zzz" in "k8scli.v1.TaskSpec"',
    );
  });
});
